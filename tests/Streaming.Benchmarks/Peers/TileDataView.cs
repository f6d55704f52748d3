using Microsoft.ML;
using Microsoft.ML.Data;
using Streaming.Learning.Data;
using Streaming.Storage;

namespace Streaming.Benchmarks.Peers;

/// <summary>
/// Our reader as ML.NET takes data: a vector of features, a label and a number per row. Rows come in the order of the file, on one thread, which
/// is all that ML.NET's trainers ask for here.
/// </summary>
sealed class TileDataView : IDataView
{
    const int TileRows = 1024;

    readonly Dataset dataset;
    readonly IReadOnlyList<string> features;

    public TileDataView(Dataset dataset, IReadOnlyList<string> features)
    {
        this.dataset = dataset;
        this.features = features;
        var schema = new DataViewSchema.Builder();
        schema.AddColumn(MlNetPeer.Features, new VectorDataViewType(NumberDataViewType.Single, features.Count));
        schema.AddColumn(PeerData.Label, BooleanDataViewType.Instance);
        schema.AddColumn(PeerData.Target, NumberDataViewType.Single);
        Schema = schema.ToSchema();
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => dataset.RowCount;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        // Columns that nobody asks for are not decoded; label and number are read as features, of which there may be any number.
        bool[] active = new bool[Schema.Count];
        foreach (DataViewSchema.Column column in columnsNeeded)
            active[column.Index] = true;

        string[] read = [.. features, .. Schema.Where(c => c.Index > 0 && active[c.Index]).Select(c => c.Name)];
        return new Cursor(Schema, active, new TileSource(
            dataset, ColumnSelection.Resolve(dataset, read, [], null, null), FeatureScaling.Identity(read.Length), null, RowFilter.None, TileRows));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    sealed unsafe class Cursor : DataViewRowCursor
    {
        readonly bool[] active;
        readonly BufferPool pool = new();
        readonly TileReader reader;
        readonly RowBatch tile;
        readonly RowBatch rows;
        readonly int features;
        readonly int label;
        readonly int target;
        int row;
        long position = -1;

        public Cursor(DataViewSchema schema, bool[] active, TileSource source)
        {
            Schema = schema;
            this.active = active;
            features = ((VectorDataViewType)schema[0].Type).Size;
            label = features;
            target = features + (active[1] ? 1 : 0);
            reader = new TileReader(source, source.Dataset.RowGroups);
            tile = new RowBatch(pool, source.Shape());
            rows = new RowBatch(pool, source.RowShape);
        }

        public override DataViewSchema Schema { get; }

        public override long Position => position;

        public override long Batch => 0;

        public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

        public override bool MoveNext()
        {
            if (++row >= tile.RowCount)
            {
                if (!reader.Read(tile))
                {
                    position = -1;
                    return false;
                }

                tile.CopyTo(rows);
                row = 0;
            }

            position++;
            return true;
        }

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => (ValueGetter<TValue>)(object)(column.Index switch
        {
            0 => new ValueGetter<VBuffer<float>>(GetFeatures),
            1 => new ValueGetter<bool>((ref bool value) => value = RowStart[label] != 0),
            _ => new ValueGetter<float>((ref float value) => value = RowStart[target]),
        });

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)position, 0);

        protected override void Dispose(bool disposing)
        {
            reader.Dispose();
            tile.Dispose();
            rows.Dispose();
            pool.Dispose();
            base.Dispose(disposing);
        }

        float* RowStart => rows.Rows + (long)row * rows.RowStride;

        void GetFeatures(ref VBuffer<float> value)
        {
            VBufferEditor<float> editor = VBufferEditor.Create(ref value, features);
            new ReadOnlySpan<float>(RowStart, features).CopyTo(editor.Values);
            value = editor.Commit();
        }
    }
}
