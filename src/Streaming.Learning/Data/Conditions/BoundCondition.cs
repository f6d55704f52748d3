using Streaming.Parquet;

namespace Streaming.Learning.Data.Conditions;

/// <summary>A condition made to fit the columns of one file. Used by many threads at once.</summary>
sealed class BoundCondition
{
    // The outcomes of the tests on one text are the bits of a code, whose sign says null.
    const int MostTestsPerCode = 31;

    readonly RowCondition condition;
    readonly DatasetColumn[] columns;
    readonly ColumnTest[] tests;

    /// <summary>Fits <paramref name="condition"/> to <paramref name="file"/>.</summary>
    /// <exception cref="DatasetException">The file lacks a column, or has one that can't be compared so.</exception>
    public BoundCondition(RowCondition condition, DatasetFile file)
    {
        this.condition = condition;
        columns = [.. condition.Leaves.Select(l => file.RequireColumn(l.Column))];
        tests = [.. condition.Leaves.Zip(columns, (leaf, column) => TestBinder.Bind(leaf, column, file.Name))];
        Probes = [.. FindProbes()];
    }

    /// <summary>What must be read to decide the condition: one reader for each.</summary>
    public IReadOnlyList<Probe> Probes { get; }

    /// <summary>The columns that the condition speaks of, each once.</summary>
    public IEnumerable<DatasetColumn> Columns => columns.DistinctBy(c => c.Name);

    /// <summary>The condition's tree.</summary>
    public ConditionNode Root => condition.Root;

    /// <summary>Number of leaves of the tree.</summary>
    public int LeafCount => tests.Length;

    /// <summary>All that the condition can be in a row group, by what the footer says.</summary>
    public Outcomes Possible(RowGroupInfo group) => Possible(column => ColumnBounds.Of(column, group));

    /// <summary>All that the condition can be for rows whose values lie within bounds.</summary>
    public Outcomes Possible(Func<DatasetColumn, ColumnBounds> bounds)
    {
        var leaves = new Outcomes[tests.Length];
        for (int i = 0; i < tests.Length; i++)
            leaves[i] = tests[i].Possible(bounds(columns[i]));

        return condition.Root.Possible(leaves);
    }

    // Tests on one column share a reader, as far as they want the same form of its values.
    IEnumerable<Probe> FindProbes()
    {
        foreach (IGrouping<(string Name, bool AreCategories), int> same in Enumerable.Range(0, tests.Length)
            .GroupBy(i => (columns[i].Name, tests[i] is CategoryTest || columns[i].Kind == ColumnKind.Text)))
        {
            foreach (int[] some in same.Chunk(MostTestsPerCode))
                yield return new Probe(columns[some[0]], same.Key.AreCategories, [.. some.Select(i => (i, tests[i]))]);
        }
    }
}

/// <summary>A column that is read to decide a condition.</summary>
sealed class Probe : CategoryMap
{
    readonly bool areCategories;
    readonly (int Leaf, ColumnTest Test)[] tests;

    /// <summary>Creates a probe.</summary>
    /// <param name="column">The column.</param>
    /// <param name="areCategories">Whether values are read as categories, whose codes are the outcomes, rather than as doubles.</param>
    /// <param name="tests">The tests, and the leaves whose outcome they are.</param>
    public Probe(DatasetColumn column, bool areCategories, (int Leaf, ColumnTest Test)[] tests)
    {
        Column = column;
        this.areCategories = areCategories;
        this.tests = tests;
    }

    /// <summary>The column.</summary>
    public DatasetColumn Column { get; }

    /// <inheritdoc/>
    public override int Map(ReadOnlySpan<byte> utf8)
    {
        int code = 0;
        for (int t = 0; t < tests.Length; t++)
        {
            if (tests[t].Test is CategoryTest test && test.Holds(utf8))
                code |= 1 << t;
        }

        return code;
    }

    /// <summary>Reads the next rows and tells the outcomes of the tests.</summary>
    /// <param name="reader">Stands at the rows.</param>
    /// <param name="numbers">Room for a number per row.</param>
    /// <param name="codes">Room for a code per row; its length is the number of rows.</param>
    /// <param name="leaves">Receives for each leaf its outcome per row.</param>
    public void Run(ColumnCursor reader, Span<double> numbers, Span<int> codes, sbyte[][] leaves)
    {
        if (areCategories)
            reader.ReadCategories(codes, this);
        else
            reader.Read(numbers);

        for (int t = 0; t < tests.Length; t++)
        {
            Span<sbyte> outcomes = leaves[tests[t].Leaf].AsSpan(0, codes.Length);
            switch (tests[t].Test)
            {
                case NumberTest test:
                    test.Run(numbers, outcomes);
                    break;
                case NullTest when areCategories:
                    for (int i = 0; i < codes.Length; i++)
                        outcomes[i] = codes[i] < 0 ? Logic.True : Logic.False;
                    break;
                case NullTest:
                    for (int i = 0; i < numbers.Length; i++)
                        outcomes[i] = double.IsNaN(numbers[i]) ? Logic.True : Logic.False;
                    break;
                default:
                    for (int i = 0; i < codes.Length; i++)
                        outcomes[i] = codes[i] < 0 ? Logic.Unknown : (codes[i] >> t & 1) != 0 ? Logic.True : Logic.False;
                    break;
            }
        }
    }
}
