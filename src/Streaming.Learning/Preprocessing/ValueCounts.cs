using Streaming.Learning.State;

namespace Streaming.Learning.Preprocessing;

/// <summary>The weight of each value of a feature, exactly; of a feature with more different values than can be held, that there are more.</summary>
sealed class ValueCounts : IPersistent
{
    /// <summary>Most different values.</summary>
    public const int Most = 10_000;

    const long BytesPerValue = 48;

    readonly Dictionary<double, double> weights = [];
    bool areTooMany;

    /// <summary>Memory of the counts of a feature.</summary>
    public static long Bytes => Most * BytesPerValue;

    /// <summary>Whether there are more values than can be counted.</summary>
    public bool AreTooMany => areTooMany;

    /// <summary>The value of the most weight, of equals the smallest, as in scikit-learn; NaN without values.</summary>
    public double MostFrequent => weights.OrderByDescending(w => w.Value).ThenBy(w => w.Key).Select(w => w.Key).FirstOrDefault(double.NaN);

    /// <summary>Adds finite values.</summary>
    /// <param name="values">The values.</param>
    /// <param name="valueWeights">Their weights; empty if each counts once.</param>
    public void Add(ReadOnlySpan<double> values, ReadOnlySpan<double> valueWeights)
    {
        for (int i = 0; i < values.Length; i++)
            Add(values[i], valueWeights.IsEmpty ? 1 : valueWeights[i]);
    }

    /// <summary>Adds the values of other counts.</summary>
    public void Merge(ValueCounts other)
    {
        foreach ((double value, double weight) in other.weights)
            Add(value, weight);

        if (other.areTooMany)
            GiveUp();
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref areTooMany);
        double[] values = [.. weights.Keys.Order()], own = [.. values.Select(v => weights[v])];
        state.Array(ref values);
        state.Array(ref own);
        weights.Clear();
        Add(values, own);
    }

    void Add(double value, double weight)
    {
        if (areTooMany || weight == 0)
            return;

        // The two zeros are one value.
        weights[value + 0.0] = weights.GetValueOrDefault(value) + weight;
        if (weights.Count > Most)
            GiveUp();
    }

    void GiveUp()
    {
        areTooMany = true;
        weights.Clear();
    }
}
