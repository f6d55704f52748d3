namespace Streaming.Learning.Estimators;

/// <summary>Where the targets of the first rows are, and how far from there: what counts as near, in units of the target.</summary>
static class SgdTargetUnit
{
    /// <summary>The mean (0 without an intercept) and the root of the mean square about it; 1 where all targets are the same.</summary>
    public static (double Mean, double Unit) Of(ReadOnlySpan<double> targets, bool hasIntercept)
    {
        double mean = 0, furthest = 0, square = 0;
        foreach (double y in targets)
            mean += hasIntercept ? y / targets.Length : 0;

        foreach (double y in targets)
            furthest = Math.Max(furthest, Math.Abs(y - mean));

        // By the furthest, so that squares of the largest numbers are numbers.
        if (!(furthest > 0 && double.IsFinite(furthest)))
            return (mean, 1);

        foreach (double y in targets)
            square += (y - mean) / furthest * ((y - mean) / furthest);

        return (mean, furthest * Math.Sqrt(square / targets.Length));
    }
}
