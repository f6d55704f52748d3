using Streaming.Parquet;
using Streaming.Storage;

namespace Streaming.Benchmarks.Decode;

/// <summary>Our decoder at its fastest, in batches that stay in the cache: column by column, as the other libraries are read.</summary>
sealed class StreamingPeer : LibraryPeer, IDisposable
{
    const int BatchRows = 8192;

    readonly BufferPool pool = new();

    public override string Name => "Streaming";

    public void Dispose() => pool.Dispose();

    protected override FileSummer Open(string path) => new Summer(path, pool);

    sealed class Summer : FileSummer
    {
        readonly ParquetFile file;
        readonly IDisposable hold;
        readonly float[] batch = new float[BatchRows];

        public Summer(string path, BufferPool pool)
        {
            file = ParquetFile.Open(LocalFileSource.Open(path), pool);
            hold = file.Source.Hold(isReadThrough: true);
        }

        public override int RowGroupCount => file.RowGroups.Count;

        public override void Add(int rowGroup, double[] sums)
        {
            for (int i = 0; i < sums.Length; i++)
            {
                using ColumnReader column = file.OpenColumn(rowGroup, file.Columns[i], isAlone: true);
                while (column.RowsLeft > 0)
                {
                    Span<float> values = batch.AsSpan(0, (int)Math.Min(BatchRows, column.RowsLeft));
                    sums[i] += column.Read(values) ? ColumnSum.Of(values) : ColumnSum.OfPresent(values);
                }
            }
        }

        public override void Dispose()
        {
            hold.Dispose();
            file.Dispose();
        }
    }
}
