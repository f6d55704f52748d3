using Parquet;
using Parquet.Schema;
using Streaming.Parquet.Encodings;

namespace Streaming.Parquet;

/// <summary>
/// A column of lists of numbers, of any lengths: what is read are levels and those elements that are there, so null lists, empty ones and null
/// elements stay what they are. Rows that were read while another column of lists had room for fewer wait for the next row group.
/// </summary>
/// <param name="file">What is read.</param>
/// <param name="source">The column of it, as its elements are read.</param>
/// <param name="convert">From an element as it was read to what is written.</param>
/// <param name="maxElements">Elements, and lists without any, that end a row group.</param>
sealed class RewriteLists<T>(ParquetFile file, ParquetColumn source, Func<RewriteNumber, T> convert, int maxElements)
    : RewriteColumn(file, source, TableColumn.OfLists<T>(source.Name, source.MaxDefinitionLevel > source.ElementLevel))
    where T : struct
{
    const int BlockEntries = 4096;

    // An empty list has definition level 1 in the new file, as all lists may be null there.
    readonly int levelShift = 2 - source.ElementLevel;

    // Whole numbers are read as doubles.
    readonly bool canRound = source.Format.Kind is NumberKind.Int64 or NumberKind.UInt64;
    readonly double[] block = new double[BlockEntries];
    int[] definitions = [];
    int[] repetitions = [];
    T[] values = [];
    Extent held;
    Extent taken;
    ColumnReader? reader;

    int PresentLevel => Source.MaxDefinitionLevel + levelShift;

    public override void Open(int rowGroup)
    {
        Dispose();
        reader = File.OpenColumn(rowGroup, Source);
    }

    public override int Fit(int wanted)
    {
        DropTaken();
        int entries;
        do
        {
            int room = held.Entries + BlockEntries;
            if (definitions.Length < room)
            {
                Array.Resize(ref definitions, Math.Max(room, 2 * definitions.Length));
                Array.Resize(ref repetitions, definitions.Length);
                Array.Resize(ref values, definitions.Length);
            }

            // Up to the bound any row may begin, behind it none.
            int left = maxElements - held.Entries;
            entries = left > 0 ? ReadBlock(Math.Max(0, wanted - held.Rows), Math.Min(left, BlockEntries)) : ReadBlock(0, BlockEntries);
        }
        while (entries > 0);

        return Math.Min(wanted, held.Rows);
    }

    public override void Read(int first, int rows)
    {
        // They are there already.
    }

    public override TableValues Take(int rows)
    {
        taken = rows < held.Rows ? ExtentOf(rows) : held;
        return new Lists(rows, definitions.AsMemory(0, taken.Entries), repetitions.AsMemory(0, taken.Entries), values.AsMemory(0, taken.Present));
    }

    public override void Dispose()
    {
        reader?.Dispose();
        reader = null;
    }

    int ReadBlock(int rows, int most)
    {
        Span<int> levels = definitions.AsSpan(held.Entries, most);
        int entries = reader!.ReadEntries(ref rows, levels, repetitions.AsSpan(held.Entries, most), block, out int present);
        foreach (ref int level in levels[..entries])
            level += levelShift;

        Span<T> target = values.AsSpan(held.Present, present);
        for (int i = 0; i < present; i++)
        {
            double value = block[i];
            if (canRound && Math.Abs(value) >= RoundingMap.FirstRounded)
                throw Fault(File, Source, "it has whole numbers of 2^53 and more, which can't be converted without loss where they are in lists; leave it out (--exclude)");

            target[i] = convert(new RewriteNumber(value, 0));
        }

        held += new Extent(rows, entries, present);
        return entries;
    }

    Extent ExtentOf(int rows)
    {
        int entries = 0;
        int present = 0;
        for (int begun = 0; ; entries++)
        {
            begun += repetitions[entries] == 0 ? 1 : 0;
            if (begun > rows)
                return new Extent(rows, entries, present);

            present += definitions[entries] == PresentLevel ? 1 : 0;
        }
    }

    void DropTaken()
    {
        if (taken.Rows == 0)
            return;

        definitions.AsSpan(taken.Entries, held.Entries - taken.Entries).CopyTo(definitions);
        repetitions.AsSpan(taken.Entries, held.Entries - taken.Entries).CopyTo(repetitions);
        values.AsSpan(taken.Present, held.Present - taken.Present).CopyTo(values);
        held -= taken;
        taken = default;
    }

    readonly record struct Extent(int Rows, int Entries, int Present)
    {
        public static Extent operator +(Extent a, Extent b) => new(a.Rows + b.Rows, a.Entries + b.Entries, a.Present + b.Present);

        public static Extent operator -(Extent a, Extent b) => new(a.Rows - b.Rows, a.Entries - b.Entries, a.Present - b.Present);
    }

    sealed class Lists(int rows, ReadOnlyMemory<int> definitions, ReadOnlyMemory<int> repetitions, ReadOnlyMemory<T> values) : TableValues
    {
        public override int Count => rows;

        public override TableValues Select(ReadOnlyMemory<int> rows) => throw new NotSupportedException("Lists are written anew whole, and not kept beside predictions.");

        internal override Task WriteAsync(ParquetRowGroupWriter writer, DataField field, CancellationToken cancellation) =>
            writer.WriteAllPartsAsync<T>(field, values, definitions, repetitions, cancellation);
    }
}
