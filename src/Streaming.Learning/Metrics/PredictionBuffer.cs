using Streaming.Learning.Data;

namespace Streaming.Learning.Metrics;

/// <summary>Predictions of one tile after another, in memory that is used again.</summary>
sealed class PredictionBuffer
{
    /// <summary>Values behind the last prediction that may be read: vector code may run over by one register.</summary>
    internal const int Slack = 8;

    readonly TilePrediction predict;
    readonly int columns;
    double[] values = [];

    internal PredictionBuffer(TilePrediction predict, int columns)
    {
        this.predict = predict;
        this.columns = columns;
    }

    /// <summary>
    /// The predictions of <paramref name="tile"/>, column-major (row i of column c at <c>[c * tile.RowCount + i]</c>), and
    /// <see cref="Slack"/> values of no meaning. Valid until the next call.
    /// </summary>
    internal ReadOnlySpan<double> Of(RowBatch tile)
    {
        int length = checked(columns * tile.RowCount);
        if (values.Length < length + Slack)
            values = new double[checked(columns * tile.Capacity + Slack)];

        predict(tile, values.AsSpan(0, length));
        return values.AsSpan(0, length + Slack);
    }
}
