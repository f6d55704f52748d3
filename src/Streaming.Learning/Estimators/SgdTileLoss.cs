namespace Streaming.Learning.Estimators;

/// <summary>
/// The rows of one step of <see cref="SgdNewton{TLoss}"/> as a loss sees them: arrays of one number per row, and of one per output and row
/// (output c of row i at <c>c * Stride + i</c>). Rows beyond the last, up to a multiple of 8, weigh 0.
/// </summary>
unsafe readonly struct SgdStepRows
{
    /// <summary>Rows, a multiple of 8.</summary>
    public required int Count { get; init; }

    /// <summary>Linear outputs per row.</summary>
    public required int OutputCount { get; init; }

    /// <summary>Numbers from one output to the next.</summary>
    public required long Stride { get; init; }

    /// <summary>Targets: a number, or the index of a class.</summary>
    public required double* Targets { get; init; }

    /// <summary>Weights of the rows.</summary>
    public required double* Weights { get; init; }

    /// <summary>Weights of the rows without those of their classes: what they weigh where another class is learned against the rest.</summary>
    public double* RestWeights { get; init; }

    /// <summary>The linear outputs.</summary>
    public required double* Outputs { get; init; }

    /// <summary>What a whole step takes off the outputs.</summary>
    public required double* Moves { get; init; }

    /// <summary>First derivatives of the loss by the outputs, times the weights.</summary>
    public required double* Slopes { get; init; }

    /// <summary>Second derivatives of the loss by the outputs, each by itself, times the weights.</summary>
    public required double* Curvatures { get; init; }

    /// <summary>What some losses depend on: the width of a zone around the target, or a quantile.</summary>
    public double Parameter { get; init; }

    /// <summary>How far to both sides the kinks of a loss are rounded, above 0.</summary>
    public double Width { get; init; } = SgdKink.None;

    /// <summary>No rows yet.</summary>
    public SgdStepRows()
    {
    }
}

/// <summary>A loss over many rows at a time; a lane is a row.</summary>
unsafe interface ISgdTileLoss
{
    /// <summary>Name of the mean loss.</summary>
    static abstract string Name { get; }

    /// <summary>Whether the loss is a parabola, so that Newton's step is exact.</summary>
    static virtual bool IsQuadratic => false;

    /// <summary>Whether the loss has kinks, which <see cref="SgdStepRows.Width"/> rounds: without that it would have no curvature to go by.</summary>
    static virtual bool HasKinks => false;

    /// <summary>Whether the least of the loss is what is wanted, so that its curvature is worth keeping.</summary>
    static virtual bool IsMinimised => true;

    /// <summary>Whether the outputs of a row depend on each other; else each output is its class against the rest.</summary>
    static virtual bool IsJoint => false;

    /// <summary>The power of the unit of the targets that the loss goes by; 0 for classes.</summary>
    static virtual int Degree => 0;

    /// <summary>The most that the loss curves by an output; infinite where it has kinks.</summary>
    static virtual double MostCurvature => double.PositiveInfinity;

    /// <summary>How far an output may move and the loss still be taken for the parabola at its start; 0 where that would tell too little.</summary>
    static virtual double ParabolaReach => 0;

    /// <summary>The size of the slopes of a loss of straight lines, or 1 where slopes go by the error.</summary>
    static virtual double SlopeUnit(double parameter) => 1;

    /// <summary>The curvature of a parabola whose slope changes as much over a range to both sides of the target as that of the loss.</summary>
    static virtual double CurvatureOver(double range, double parameter) => 1;

    /// <summary>The parameter for targets in units of <paramref name="unit"/>.</summary>
    static virtual double ParameterIn(double unit, double parameter) => parameter;

    /// <summary>The weighted sum of losses where the outputs are <c>Outputs - share * Moves</c>.</summary>
    static abstract double Loss(in SgdStepRows rows, double share);

    /// <summary>
    /// Computes <see cref="SgdStepRows.Slopes"/> and <see cref="SgdStepRows.Curvatures"/> at the same place; returns the loss, which has most of its work in
    /// common with them, to the same bits.
    /// </summary>
    static abstract double Derive(in SgdStepRows rows, double share);

    /// <summary>How far each output is from the nearest kink, in <see cref="SgdStepRows.Moves"/>; only for a loss that has some.</summary>
    static virtual void MeasureDistances(in SgdStepRows rows)
    {
    }

    /// <summary>The weights of the rows whose outputs decide for their class; 0 where there are no classes.</summary>
    static abstract double RightWeight(in SgdStepRows rows);

    /// <summary>What the progressive validation tells of a sum of losses: scikit-learn steps on half of the squared error, and reports all of it.</summary>
    static virtual double Reported(double loss) => loss;
}
