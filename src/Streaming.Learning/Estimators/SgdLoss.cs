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
/// The logistic loss of the log-odds of class 1 (targets 0 and 1): ln(1 + exp(-|output|)), plus |output| where it has the wrong sign.
/// </summary>
readonly struct LogisticLoss : ISgdLoss
{
    public static string Name => "log_loss";

    public static (double Loss, double Gradient) At(double output, double target)
    {
        double size = Math.Abs(output);
        double e = Elementary.Exp(-size);
        double smaller = e / (1 + e);
        double probability = output >= 0 ? 1 - smaller : smaller;
        double wrong = output >= 0 == target > 0.5 ? 0 : size;
        return (Elementary.Log(1 + e) + wrong, probability - target);
    }

    public static bool IsRight(double output, double target) => output > 0 == target > 0.5;
}

/// <summary>The squared error; its gradient is that of scikit-learn's loss, which is half of it.</summary>
readonly struct SquaredLoss : ISgdLoss
{
    public static string Name => "mse";

    public static (double Loss, double Gradient) At(double output, double target) => ((output - target) * (output - target), output - target);

    public static bool IsRight(double output, double target) => false;
}
