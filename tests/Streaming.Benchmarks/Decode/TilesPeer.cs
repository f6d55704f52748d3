using Streaming.Parquet;
using Streaming.Storage;

namespace Streaming.Benchmarks.Decode;

/// <summary>
/// Our decoder as training uses it: all columns side by side, 1024 rows at a time, into a tile of float32 columns. What that costs beside
/// <see cref="StreamingPeer"/>: the windows and pages of all columns together don't fit into the second-level cache.
/// </summary>
sealed class TilesPeer : LibraryPeer, IDisposable
{
    const int TileRows = 1024;

    readonly BufferPool pool = new();

    public override string Name => "tiles";

    public void Dispose() => pool.Dispose();

    protected override FileSummer Open(string path) => new Summer(path, pool);

    sealed class Summer(string path, BufferPool pool) : FileSummer
    {
        readonly ParquetFile file = ParquetFile.Open(LocalFileSource.Open(path), pool);
        readonly float[] tile = new float[DecodeCase.Columns * TileRows];
        readonly bool[] areFinite = new bool[DecodeCase.Columns];

        public override int RowGroupCount => file.RowGroups.Count;

        public override void Add(int rowGroup, double[] sums)
        {
            ColumnReader[] readers = file.OpenColumns(rowGroup, file.Columns);
            while (readers[0].RowsLeft > 0)
            {
                int rows = (int)Math.Min(TileRows, readers[0].RowsLeft);
                for (int i = 0; i < readers.Length; i++)
                    areFinite[i] = readers[i].Read(tile.AsSpan(i * TileRows, rows));

                for (int i = 0; i < readers.Length; i++)
                {
                    Span<float> values = tile.AsSpan(i * TileRows, rows);
                    sums[i] += areFinite[i] ? ColumnSum.Of(values) : ColumnSum.OfPresent(values);
                }
            }

            foreach (ColumnReader reader in readers)
                reader.Dispose();
        }

        public override void Dispose() => file.Dispose();
    }
}
