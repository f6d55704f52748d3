using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>The loss of one linear output, for <see cref="SgdPass{TLoss}"/>.</summary>
interface ISgdLoss
{
    /// <summary>Name of the mean loss.</summary>
    static abstract string Name { get; }

    /// <summary>The loss of an output, and the gradient to step against.</summary>
    /// <param name="output">The output.</param>
    /// <param name="target">The target: a number, or 0 or 1 for classes.</param>
    /// <param name="parameter">What some losses depend on: the width of a zone around the target, or a quantile.</param>
    static abstract (double Loss, double Gradient) At(double output, double target, double parameter);

    /// <summary>The same for eight at a time, bit for bit.</summary>
    static abstract (Vector512<double> Loss, Vector512<double> Gradient) At(
        Vector512<double> output, Vector512<double> target, Vector512<double> parameter);
}

/// <summary>
/// The logistic loss of the log-odds of class 1 (targets 0 and 1): ln(1 + exp(-margin)), where the margin is the output, or minus
/// the output for class 0. Written without a choice that depends on the row: processors can't foresee those.
/// </summary>
readonly struct LogisticLoss : ISgdLoss
{
    public static string Name => "log_loss";

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (double Loss, double Gradient) At(double output, double target, double parameter)
    {
        double sign = 2 * target - 1;
        double margin = sign * output;
        double odds = 1 + Elementary.Exp(margin);
        return (Math.Max(0, Elementary.Log(odds) - margin), -sign / odds);
    }

    public static (Vector512<double> Loss, Vector512<double> Gradient) At(
        Vector512<double> output, Vector512<double> target, Vector512<double> parameter)
    {
        Vector512<double> sign = target + target - Vector512<double>.One, margin = sign * output;
        Vector512<double> odds = Vector512<double>.One + ElementaryLanes.Exp(margin);
        return (Vector512.Max(Vector512<double>.Zero, ElementaryLanes.Log(odds) - margin), -sign / odds);
    }
}

/// <summary>max(0, 1 - margin): a linear support vector machine.</summary>
readonly struct HingeLoss : ISgdLoss
{
    public static string Name => "hinge";

    public static (double Loss, double Gradient) At(double output, double target, double parameter)
    {
        double sign = 2 * target - 1, margin = sign * output;
        return margin <= 1 ? (1 - margin, -sign) : (0, 0);
    }

    public static (Vector512<double> Loss, Vector512<double> Gradient) At(
        Vector512<double> output, Vector512<double> target, Vector512<double> parameter)
    {
        Vector512<double> sign = target + target - Vector512<double>.One, margin = sign * output;
        Vector512<double> counts = Vector512.LessThanOrEqual(margin, Vector512<double>.One);
        return ((Vector512<double>.One - margin) & counts, -sign & counts);
    }
}

/// <summary>max(0, -margin): the perceptron's.</summary>
readonly struct PerceptronLoss : ISgdLoss
{
    public static string Name => "perceptron";

    public static (double Loss, double Gradient) At(double output, double target, double parameter)
    {
        double sign = 2 * target - 1, margin = sign * output;
        return margin <= 0 ? (-margin, -sign) : (0, 0);
    }

    public static (Vector512<double> Loss, Vector512<double> Gradient) At(
        Vector512<double> output, Vector512<double> target, Vector512<double> parameter)
    {
        Vector512<double> sign = target + target - Vector512<double>.One, margin = sign * output;
        Vector512<double> counts = Vector512.LessThanOrEqual(margin, Vector512<double>.Zero);
        return (-margin & counts, -sign & counts);
    }
}

/// <summary>max(0, 1 - margin)².</summary>
readonly struct SquaredHingeLoss : ISgdLoss
{
    public static string Name => "squared_hinge";

    public static (double Loss, double Gradient) At(double output, double target, double parameter)
    {
        double sign = 2 * target - 1, lack = 1 - sign * output;
        return lack > 0 ? (lack * lack, -2 * sign * lack) : (0, 0);
    }

    public static (Vector512<double> Loss, Vector512<double> Gradient) At(
        Vector512<double> output, Vector512<double> target, Vector512<double> parameter)
    {
        Vector512<double> sign = target + target - Vector512<double>.One, margin = sign * output;
        Vector512<double> lack = Vector512<double>.One - margin, counts = Vector512.GreaterThan(lack, Vector512<double>.Zero);
        return (lack * lack & counts, Vector512.Create(-2.0) * sign * lack & counts);
    }
}

/// <summary>max(0, 1 - margin)² for margins above -1, below that -4 margin (Zhang, Annals of Statistics 32, 2004).</summary>
readonly struct ModifiedHuberLoss : ISgdLoss
{
    public static string Name => "modified_huber";

    public static (double Loss, double Gradient) At(double output, double target, double parameter)
    {
        double sign = 2 * target - 1, margin = sign * output;
        return margin >= 1 ? (0, 0)
            : margin >= -1 ? ((1 - margin) * (1 - margin), -2 * sign * (1 - margin))
            : (-4 * margin, -4 * sign);
    }

    public static (Vector512<double> Loss, Vector512<double> Gradient) At(
        Vector512<double> output, Vector512<double> target, Vector512<double> parameter)
    {
        Vector512<double> sign = target + target - Vector512<double>.One, margin = sign * output;
        Vector512<double> lack = Vector512<double>.One - margin, isRight = Vector512.GreaterThanOrEqual(margin, Vector512<double>.One), isNear = Vector512.GreaterThanOrEqual(margin, -Vector512<double>.One);
        Vector512<double> loss = Vector512.ConditionalSelect(isNear, lack * lack, Vector512.Create(-4.0) * margin);
        Vector512<double> gradient = Vector512.ConditionalSelect(isNear, Vector512.Create(-2.0) * sign * lack, Vector512.Create(-4.0) * sign);
        return (Vector512.AndNot(loss, isRight), Vector512.AndNot(gradient, isRight));
    }
}

/// <summary>The squared error; its gradient is that of scikit-learn's loss, which is half of it.</summary>
readonly struct SquaredLoss : ISgdLoss
{
    public static string Name => "mse";

    public static (double Loss, double Gradient) At(double output, double target, double parameter)
    {
        double error = output - target;
        return (error * error, error);
    }

    public static (Vector512<double> Loss, Vector512<double> Gradient) At(
        Vector512<double> output, Vector512<double> target, Vector512<double> parameter)
    {
        Vector512<double> error = output - target;
        return (error * error, error);
    }
}

/// <summary>Half the squared error up to epsilon, beyond that a line (Huber 1964).</summary>
readonly struct HuberLoss : ISgdLoss
{
    public static string Name => "huber";

    public static (double Loss, double Gradient) At(double output, double target, double parameter)
    {
        double error = output - target, size = Math.Abs(error);
        return size <= parameter
            ? (error * error / 2, error)
            : (parameter * (size - parameter / 2), Math.CopySign(parameter, error));
    }

    public static (Vector512<double> Loss, Vector512<double> Gradient) At(
        Vector512<double> output, Vector512<double> target, Vector512<double> parameter)
    {
        Vector512<double> error = output - target, size = Vector512.Abs(error), two = Vector512.Create(2.0), isNear = Vector512.LessThanOrEqual(size, parameter);
        return (Vector512.ConditionalSelect(isNear, error * error / two, parameter * (size - parameter / two)),
            Vector512.ConditionalSelect(isNear, error, Vector512.CopySign(parameter, error)));
    }
}

/// <summary>max(0, |error| - epsilon): linear support vector regression.</summary>
readonly struct EpsilonInsensitiveLoss : ISgdLoss
{
    public static string Name => "epsilon_insensitive";

    public static (double Loss, double Gradient) At(double output, double target, double parameter)
    {
        double error = output - target, beyond = Math.Abs(error) - parameter;
        return beyond > 0 ? (beyond, Math.Sign(error)) : (0, 0);
    }

    public static (Vector512<double> Loss, Vector512<double> Gradient) At(
        Vector512<double> output, Vector512<double> target, Vector512<double> parameter)
    {
        Vector512<double> error = output - target, beyond = Vector512.Abs(error) - parameter, counts = Vector512.GreaterThan(beyond, Vector512<double>.Zero);
        return (beyond & counts, Vector512.CopySign(Vector512<double>.One, error) & counts);
    }
}

/// <summary>max(0, |error| - epsilon)².</summary>
readonly struct SquaredEpsilonInsensitiveLoss : ISgdLoss
{
    public static string Name => "squared_epsilon_insensitive";

    public static (double Loss, double Gradient) At(double output, double target, double parameter)
    {
        double error = output - target, beyond = Math.Abs(error) - parameter;
        return beyond > 0 ? (beyond * beyond, 2 * Math.CopySign(beyond, error)) : (0, 0);
    }

    public static (Vector512<double> Loss, Vector512<double> Gradient) At(
        Vector512<double> output, Vector512<double> target, Vector512<double> parameter)
    {
        Vector512<double> error = output - target, beyond = Vector512.Abs(error) - parameter, counts = Vector512.GreaterThan(beyond, Vector512<double>.Zero);
        return (beyond * beyond & counts, Vector512.Create(2.0) * Vector512.CopySign(beyond, error) & counts);
    }
}

/// <summary>The pinball loss: the least of its mean is a quantile of the targets (Koenker and Bassett, Econometrica 46, 1978).</summary>
readonly struct QuantileLoss : ISgdLoss
{
    public static string Name => "pinball_loss";

    public static (double Loss, double Gradient) At(double output, double target, double parameter)
    {
        double error = target - output;
        return error > 0 ? (parameter * error, -parameter)
            : error < 0 ? ((parameter - 1) * error, 1 - parameter)
            : (0, 0);
    }

    public static (Vector512<double> Loss, Vector512<double> Gradient) At(
        Vector512<double> output, Vector512<double> target, Vector512<double> parameter)
    {
        Vector512<double> error = target - output, above = Vector512.GreaterThan(error, Vector512<double>.Zero), below = Vector512.LessThan(error, Vector512<double>.Zero);
        return (Vector512.ConditionalSelect(above, parameter * error, (parameter - Vector512<double>.One) * error & below),
            Vector512.ConditionalSelect(above, -parameter, (Vector512<double>.One - parameter) & below));
    }
}
