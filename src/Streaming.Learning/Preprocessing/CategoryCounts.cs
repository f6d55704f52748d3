using Streaming.Learning.Data;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Preprocessing;

/// <summary>Rows and weight of each code of a feature that is one (<see cref="Data.Encodings.CodeEncoding"/>).</summary>
/// <param name="feature">The feature.</param>
sealed class CategoryCounts(int feature) : ISum<CategoryCounts>
{
    readonly List<long> rows = [];
    readonly List<double> weights = [];
    double[] codes = [];

    /// <summary>Memory of such counts.</summary>
    public static long BytesFor(int categories, int batchSize) => (sizeof(long) + sizeof(double)) * (long)categories + sizeof(double) * (long)batchSize;

    /// <summary>The codes that rows have.</summary>
    public IEnumerable<(int Code, long Rows, double Weight)> Found =>
        Enumerable.Range(0, rows.Count).Where(code => rows[code] > 0).Select(code => (code, rows[code], weights[code]));

    /// <inheritdoc/>
    public void Add(RowBatch tile)
    {
        if (codes.Length < tile.RowCount)
            codes = new double[tile.Capacity];

        tile.CopyColumn(feature, codes.AsSpan(0, tile.RowCount));
        for (int row = 0; row < tile.RowCount; row++)
            Add((int)codes[row], 1, tile.WeightOf(row));
    }

    /// <inheritdoc/>
    public void Merge(CategoryCounts other)
    {
        foreach ((int code, long found, double weight) in other.Found)
            Add(code, found, weight);
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.List(rows);
        state.List(weights);
    }

    void Add(int code, long count, double weight)
    {
        while (rows.Count <= code)
        {
            rows.Add(0);
            weights.Add(0);
        }

        rows[code] += count;
        weights[code] += weight;
    }
}
