using DuckDB.NET.Data;

namespace Streaming.Benchmarks.Peers;

/// <summary>
/// DuckDB's sums over the Parquet file, the ceiling of what a query engine does with it: they are no model, but all that one of them would be
/// made from.
/// </summary>
static class DuckDbSums
{
    /// <summary>Runs one statement: <c>sum</c>, <c>regr_slope</c> or <c>covar_pop</c>.</summary>
    public static PeerOutcome Run(string function, PeerData data, int fits)
    {
        IReadOnlyList<string> features = data.Features;
        IEnumerable<string> sums = function switch
        {
            "sum" => features.Select(f => $"sum({f})"),
            "regr_slope" => features.Select(f => $"regr_slope({PeerData.Target}, {f})"),
            _ => features.SelectMany((f, i) => features.Skip(i).Select(g => $"covar_pop({f}, {g})")),
        };
        string sql = $"SELECT {string.Join(", ", sums)} FROM '{data.Training}'";
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        return PeerOutcome.Measure(
            fits,
            () =>
            {
                using DuckDBCommand command = connection.CreateCommand();
                command.CommandText = sql;
                using DuckDBDataReader reader = command.ExecuteReader();
                return reader.Read() ? ([], 0) : throw new InvalidDataException("DuckDB gave no row.");
            },
            $"DuckDB {connection.ServerVersion}, {Environment.ProcessorCount} threads");
    }
}
