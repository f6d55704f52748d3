namespace Streaming.Learning.Estimators;

/// <summary>What every estimator wants of the weights of the rows together.</summary>
static class WeightCheck
{
    /// <summary>Refuses rows that all weigh nothing: any model would do for them.</summary>
    /// <param name="weightSum">Weight of all rows, that of their classes included.</param>
    /// <exception cref="InvalidDataException">It is 0.</exception>
    public static void RequireSome(double weightSum)
    {
        if (!(weightSum > 0))
            throw new InvalidDataException("Wanted at least one row with a weight above 0 to learn from, found none.");
    }
}
