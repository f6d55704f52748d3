using ParquetSharp;

namespace Streaming.Benchmarks.Decode;

/// <summary>ParquetSharp (Arrow's C++ reader) at its fastest: values as stored, in batches that stay in the cache.</summary>
sealed class ParquetSharpPeer : LibraryPeer
{
    const int BatchRows = 8192;

    public override string Name => "ParquetSharp";

    protected override FileSummer Open(string path) => new Summer(path);

    sealed class Summer(string path) : FileSummer
    {
        readonly ParquetFileReader reader = new(path);
        readonly short[] levels = new short[BatchRows];
        readonly double[] doubles = new double[BatchRows];
        readonly float[] floats = new float[BatchRows];

        public override int RowGroupCount => reader.FileMetaData.NumRowGroups;

        public override void Add(int rowGroup, double[] sums)
        {
            using RowGroupReader group = reader.RowGroup(rowGroup);
            for (int i = 0; i < sums.Length; i++)
            {
                using ColumnReader column = group.Column(i);
                while (column.HasNext)
                {
                    long count;
                    if (column is ColumnReader<float> single)
                    {
                        single.ReadBatch(BatchRows, levels, [], floats, out count);
                        sums[i] += ColumnSum.Of(floats.AsSpan(0, (int)count));
                    }
                    else
                    {
                        ((ColumnReader<double>)column).ReadBatch(BatchRows, levels, [], doubles, out count);
                        sums[i] += ColumnSum.Of(doubles.AsSpan(0, (int)count));
                    }
                }
            }
        }

        public override void Dispose() => reader.Dispose();
    }
}
