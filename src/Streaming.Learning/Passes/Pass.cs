namespace Streaming.Learning.Passes;

/// <summary>
/// Every row once. The kind of pass says how tiles combine, and that is all an estimator says about parallel work:
/// <see cref="SumPass{TState}"/>, <see cref="RoundPass{TContribution}"/> or <see cref="OrderedPass"/>. The runtime brings the tiles
/// in an order that the data alone fixes, whatever the number of workers.
/// </summary>
public abstract class Pass
{
    /// <summary>Creates a pass.</summary>
    /// <param name="purpose">What the pass is for, as progress shows it: "epoch 2 of 5".</param>
    protected Pass(string purpose) => Purpose = purpose;

    /// <summary>What the pass is for, as progress shows it: "epoch 2 of 5".</summary>
    public string Purpose { get; }

    /// <summary>Whether tiles must bring their features row-major in place of column-major (<see cref="Data.RowBatch.Rows"/>).</summary>
    public virtual bool NeedsRowMajor => false;

    /// <summary>Whether tiles must bring their features as doubles in place of float32 (<see cref="Data.RowBatch.Doubles"/>).</summary>
    public virtual bool NeedsDoubles => false;

    /// <summary>How well it goes so far, for progress ("loss", 0.43); null when there is nothing to tell. Called between tiles.</summary>
    public virtual (string Name, double Value)? Progress => null;
}
