using System.Collections.Concurrent;
using Streaming.Learning.State;
using Streaming.Storage;

namespace Streaming.Learning.Data.Encodings;

/// <summary>
/// Numbers the categories of a column as they are met, by whichever thread; so codes may differ from run to run, and only what is said of
/// categories by their names may be used of them. Memory counts against the pool. Safe for use by several threads.
/// </summary>
class CategoryTable : LabelMap, IPersistent, IDisposable
{
    /// <summary>Most categories of a column; float32 counts them exactly.</summary>
    public const int MostCategories = 1_000_000;

    const int CountedAtOnce = 1024;

    // A category's text, twice referred to, and what the counts of a partition take.
    const int BytesPerCategory = 160;

    /// <summary>Memory that a table is planned to take; what it takes beyond is counted as it grows.</summary>
    public const long PlannedBytes = CountedAtOnce * BytesPerCategory;

    readonly ConcurrentDictionary<string, int> codes = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup;
    readonly List<string> labels = [];
    readonly List<IDisposable> reserved = [];
    readonly Lock gate = new();
    readonly string column;
    readonly BufferPool pool;

    /// <summary>Creates an empty table.</summary>
    /// <param name="column">Name of the column, for messages.</param>
    /// <param name="pool">What memory counts against.</param>
    public CategoryTable(string column, BufferPool pool)
    {
        this.column = column;
        this.pool = pool;
        lookup = codes.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The category of a code; stands when no thread adds any.</summary>
    public string LabelOf(int code) => labels[code];

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        string[] all = [.. labels];
        state.Texts(ref all);
        if (!state.IsReading)
            return;

        foreach (string label in all)
            Add(label);
    }

    /// <inheritdoc/>
    protected override int CodeOf(ReadOnlySpan<char> label) => lookup.TryGetValue(label, out int code) ? code : Add(label.ToString());

    int Add(string label)
    {
        lock (gate)
        {
            if (codes.TryGetValue(label, out int code))
                return code;

            if (labels.Count == MostCategories)
            {
                throw new DatasetException(
                    $"Column '{column}' has more than {MostCategories} categories: wanted few enough for a feature each. Hash it (--hash {column}:10) or leave it out (--exclude).");
            }

            if (labels.Count > 0 && labels.Count % CountedAtOnce == 0)
                reserved.Add(pool.Reserve(PlannedBytes, $"the categories of column '{column}'"));

            labels.Add(label);
            codes[label] = labels.Count - 1;
            return labels.Count - 1;
        }
    }

    /// <summary>Forgets all categories, and gives the memory back to the pool's ledger.</summary>
    public void Dispose()
    {
        codes.Clear();
        labels.Clear();
        reserved.ForEach(r => r.Dispose());
        reserved.Clear();
    }
}
