namespace Streaming.Learning.Estimators.Logistic;

/// <summary>What is minimised: C times the sum of the losses, plus ½ l2 ‖w‖² and l1 ‖w‖₁ over the coefficients.</summary>
sealed class LogisticObjective
{
    readonly double c;

    public LogisticObjective(LogisticShape shape, double c, double l1, double l2)
    {
        this.c = c;
        Shape = shape;
        Ridge = new double[shape.Length];
        Cost = new double[shape.Length];
        for (int i = 0; i < shape.Length; i++)
        {
            Ridge[i] = shape.IsCoefficient(i) ? l2 : 0;
            Cost[i] = shape.IsCoefficient(i) ? l1 : 0;
        }

        HasCost = l1 > 0;
        HasPenalty = l1 > 0 || l2 > 0;
    }

    public LogisticShape Shape { get; }

    /// <summary>What the penalty adds to the second derivative of each number.</summary>
    public double[] Ridge { get; }

    /// <summary>What the size of each number costs.</summary>
    public double[] Cost { get; }

    public bool HasCost { get; }

    public bool HasPenalty { get; }

    /// <summary>The objective, from the sum of the losses at the weights.</summary>
    public double Value(double loss, ReadOnlySpan<double> weights)
    {
        double penalty = 0;
        for (int i = 0; i < weights.Length; i++)
            penalty += Ridge[i] / 2 * weights[i] * weights[i] + Cost[i] * Math.Abs(weights[i]);

        return c * loss + penalty;
    }

    /// <summary>The objective where all weights are 0, so that every class is as likely as the others.</summary>
    public double ValueAtZero(double weightSum) => c * weightSum * Math.Log(Math.Max(Shape.Outputs, 2));

    /// <summary>First derivatives of all but the l1 penalty.</summary>
    public double[] Gradient(LogisticSums sums, ReadOnlySpan<double> weights)
    {
        var gradient = new double[weights.Length];
        for (int i = 0; i < gradient.Length; i++)
            gradient[i] = c * sums.Gradient[i] + Ridge[i] * weights[i];

        return gradient;
    }

    /// <summary>Second derivatives of the losses of all pairs of numbers, without the penalty.</summary>
    public void CopyCurvatureTo(LogisticSums sums, Span<double> matrix) => sums.CopyCurvatureTo(matrix, c);

    /// <summary>Second derivatives of each number by itself, with the penalty.</summary>
    public void CopyDiagonalTo(LogisticSums sums, Span<double> diagonal)
    {
        for (int i = 0; i < diagonal.Length; i++)
            diagonal[i] = c * sums.Diagonal[i] + Ridge[i];
    }
}
