using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>The loss of one linear output, for <see cref="SgdPass{TLoss}"/>.</summary>
interface ISgdLoss
{
    /// <summary>Name of the mean loss.</summary>
    static abstract string Name { get; }

    /// <summary>The loss of an output, and the gradient to step against.</summary>
    static abstract (double Loss, double Gradient) At(double output, double target);

    /// <summary>Whether the output decides for the target's class.</summary>
    static abstract bool IsRight(double output, double target);
}

/// <summary>
/// The logistic loss of the log-odds of class 1 (targets 0 and 1): ln(1 + exp(-margin)), where the margin is the output, or minus
/// the output for class 0. Written without a choice that depends on the row: processors can't foresee those.
/// </summary>
readonly struct LogisticLoss : ISgdLoss
{
    public static string Name => "log_loss";

    public static (double Loss, double Gradient) At(double output, double target)
    {
        double sign = 2 * target - 1;
        double margin = sign * output;
        double odds = 1 + Elementary.Exp(margin);
        return (Math.Max(0, Elementary.Log(odds) - margin), -sign / odds);
    }

    public static bool IsRight(double output, double target) => output > 0 == target > 0.5;
}

/// <summary>The squared error; its gradient is that of scikit-learn's loss, which is half of it.</summary>
readonly struct SquaredLoss : ISgdLoss
{
    public static string Name => "mse";

    public static (double Loss, double Gradient) At(double output, double target)
    {
        double error = output - target;
        return (error * error, error);
    }

    public static bool IsRight(double output, double target) => false;
}
