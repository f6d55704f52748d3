using DuckDB.NET.Data;

namespace Streaming.Benchmarks.Decode;

/// <summary>DuckDB's scan and aggregation, in process.</summary>
sealed class DuckDbPeer : Peer, IDisposable
{
    static readonly string Sums = string.Join(", ", Enumerable.Range(1, DecodeCase.Columns).Select(i => $"sum(c{i})"));

    readonly DuckDBConnection connection = new("DataSource=:memory:");

    public DuckDbPeer() => connection.Open();

    public override string Name => "DuckDB";

    public override double[] Sum(string path, int threads)
    {
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = $"SET threads = {threads}; SELECT {Sums} FROM '{path}'";
        using DuckDBDataReader reader = command.ExecuteReader();
        while (reader.FieldCount != DecodeCase.Columns)
            reader.NextResult();

        reader.Read();
        return [.. Enumerable.Range(0, DecodeCase.Columns).Select(reader.GetDouble)];
    }

    public void Dispose() => connection.Dispose();
}
