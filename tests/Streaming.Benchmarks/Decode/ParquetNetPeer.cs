using Parquet;
using Parquet.Schema;

namespace Streaming.Benchmarks.Decode;

/// <summary>Parquet.Net at its fastest: whole column chunks, values and levels apart, into buffers that are kept.</summary>
sealed class ParquetNetPeer : LibraryPeer
{
    public override string Name => "Parquet.Net";

    protected override FileSummer Open(string path) => new Summer(path);

    sealed class Summer(string path) : FileSummer
    {
        readonly ParquetReader reader = ParquetReader.CreateAsync(path).GetAwaiter().GetResult();
        readonly int[] levels = new int[DecodeCase.RowGroupRows];
        readonly double[] doubles = new double[DecodeCase.RowGroupRows];
        readonly float[] floats = new float[DecodeCase.RowGroupRows];

        public override int RowGroupCount => reader.RowGroupCount;

        public override void Add(int rowGroup, double[] sums)
        {
            using ParquetRowGroupReader group = reader.OpenRowGroupReader(rowGroup);
            int rows = (int)group.RowCount;
            for (int i = 0; i < sums.Length; i++)
            {
                DataField field = reader.Schema.DataFields[i];
                sums[i] += field.ClrType == typeof(float)
                    ? ColumnSum.Of(floats.AsSpan(0, Read(group, field, floats, rows)))
                    : ColumnSum.Of(doubles.AsSpan(0, Read(group, field, doubles, rows)));
            }
        }

        public override void Dispose() => reader.DisposeAsync().AsTask().GetAwaiter().GetResult();

        // Gives the number of values that are there.
        int Read<T>(ParquetRowGroupReader group, DataField field, T[] values, int rows)
            where T : struct
        {
            Memory<int>? definitions = field.IsNullable ? levels.AsMemory(0, rows) : default(Memory<int>?);
            group.ReadRawAsync(field, values.AsMemory(0, rows), definitions, null).AsTask().GetAwaiter().GetResult();
            return field.IsNullable ? levels.AsSpan(0, rows).Count(1) : rows;
        }
    }
}
