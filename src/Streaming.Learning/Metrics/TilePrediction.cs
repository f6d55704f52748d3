using Streaming.Learning.Data;

namespace Streaming.Learning.Metrics;

/// <summary>Predicts every row of a tile.</summary>
/// <param name="tile">The rows.</param>
/// <param name="output">Column-major: the value of row i in column c goes to <c>output[c * tile.RowCount + i]</c>.</param>
public delegate void TilePrediction(RowBatch tile, Span<double> output);
