using Streaming.Parquet;
using Streaming.Storage;

namespace Streaming.Benchmarks.Decode;

/// <summary>Our decoder as training uses it: all columns side by side, 1024 rows at a time, into a tile of float32 columns.</summary>
sealed class StreamingPeer : LibraryPeer, IDisposable
{
    const int TileRows = 1024;

    readonly BufferPool pool = new();

    public override string Name => "Streaming";

    public void Dispose() => pool.Dispose();

    protected override FileSummer Open(string path) => new Summer(path, pool);

    sealed class Summer(string path, BufferPool pool) : FileSummer
    {
        readonly ParquetFile file = ParquetFile.Open(LocalFileSource.Open(path), pool);
        readonly float[] tile = new float[DecodeCase.Columns * TileRows];
        readonly ColumnReader[] readers = new ColumnReader[DecodeCase.Columns];

        public override int RowGroupCount => file.RowGroups.Count;

        public override void Add(int rowGroup, double[] sums)
        {
            for (int i = 0; i < readers.Length; i++)
                readers[i] = file.OpenColumn(rowGroup, file.Columns[i]);

            while (readers[0].RowsLeft > 0)
            {
                int rows = (int)Math.Min(TileRows, readers[0].RowsLeft);
                for (int i = 0; i < readers.Length; i++)
                    readers[i].Read(tile.AsSpan(i * TileRows, rows));

                for (int i = 0; i < readers.Length; i++)
                    sums[i] += ColumnSum.Of(tile.AsSpan(i * TileRows, rows));
            }

            foreach (ColumnReader reader in readers)
                reader.Dispose();
        }

        public override void Dispose() => file.Dispose();
    }
}
