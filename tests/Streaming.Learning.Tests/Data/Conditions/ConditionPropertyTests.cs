using System.Globalization;
using CsCheck;
using Streaming.Learning.Data;
using Streaming.Learning.Tests.Training;
using Streaming.Parquet;
using Streaming.Parquet.Tests;
using Xunit;

namespace Streaming.Learning.Tests.Data.Conditions;

/// <summary>Random conditions over random rows pick the rows that a plain evaluator picks, whatever the row groups.</summary>
public sealed class ConditionPropertyTests : IDisposable
{
    static readonly string[] Texts = ["", "a", "ab", "b", "z", "é", "it's"];

    static readonly Gen<Row> Rows = Gen.Select(
        Gen.OneOf(Gen.Const((double?)null), Gen.Int[-3, 3].Select(i => (double?)(i / 2.0)), Gen.Const((double?)double.NaN)),
        Gen.OneOf(Gen.Const((long?)null), Gen.Long[-3, 3].Select(i => (long?)i), Gen.Long[long.MaxValue - 2, long.MaxValue].Select(i => (long?)i)),
        Gen.OneOf(Gen.Const((string?)null), OneOf(Texts).Select(t => (string?)t)),
        Gen.Bool,
        (x, n, t, b) => new Row(x, n, t, b));

    static readonly Gen<Term> Leaves = Gen.OneOf(
        Comparison("x", Gen.Int[-3, 3].Select(i => (i / 2.0).ToString(CultureInfo.InvariantCulture))),
        Comparison("n", Gen.OneOf(Gen.Long[-3, 3], Gen.Long[long.MaxValue - 2, long.MaxValue]).Select(i => i.ToString(CultureInfo.InvariantCulture))),
        Comparison("t", OneOf(Texts).Select(t => $"'{t.Replace("'", "''", StringComparison.Ordinal)}'")),
        OneOf("true", "false").Select(v => new Term($"b = {v}", r => r.B == (v == "true"))),
        Gen.Const(new Term("b", r => r.B)),
        OneOf("x", "n", "t", "b").Select(c => new Term($"{c} is null", r => r.Value(c) == null)));

    readonly TestData data = new();
    int files;

    public void Dispose() => data.Dispose();

    [Fact]
    public void Rows_AreThoseForWhichANaiveEvaluatorSaysTrue() =>
        Gen.Select(Terms(4), Rows.Array[1, 40], Gen.Int[1, 20]).Sample(
            (term, rows, groupRows) =>
            {
                using Dataset dataset = Matching.Open(term.Text, Write(rows, groupRows));
                IEnumerable<long> expected = Enumerable.Range(0, rows.Length).Where(i => term.Truth(rows[i]) == true).Select(i => (long)i);
                Assert.Equal(expected, Matching.Rows(dataset, room: 7));
            },
            iter: 400,
            threads: 1);

    [Fact]
    public void Rows_OfFilesWithPageIndexes_AreThoseForWhichANaiveEvaluatorSaysTrue() =>
        Gen.Select(Terms(4), Rows.Array[1, 300], Gen.Int[20, 300], Gen.Int[1, 12], OneOf("", "x", "n", "t", "b")).Sample(
            (term, rows, groupRows, pageRows, key) =>
            {
                // Pages of sorted rows have bounds that say something.
                Row[] sorted = key.Length == 0 ? rows : [.. rows.OrderBy(r => r.Value(key) as IComparable)];
                using Dataset dataset = Matching.Open(term.Text, WriteWithIndex(sorted, groupRows, pageRows));
                IEnumerable<long> expected = Enumerable.Range(0, sorted.Length).Where(i => term.Truth(sorted[i]) == true).Select(i => (long)i);
                Assert.Equal(expected, Matching.Rows(dataset, room: 7));
                Assert.Equal(expected, Matching.RowsWithResuming(dataset, room: 7));
            },
            iter: 400,
            threads: 1);

    static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    static Gen<Term> Terms(int depth) => depth == 0 ? Leaves : Gen.OneOf(
        Leaves,
        Terms(depth - 1).Select(t => new Term($"not ({t.Text})", r => !t.Truth(r))),
        Gen.Select(Terms(depth - 1), Terms(depth - 1), Leaves, (l, r, f) => new Term($"({l.Text}) and ({r.Text}) and {f.Text}", row => l.Truth(row) & r.Truth(row) & f.Truth(row))),
        Gen.Select(Terms(depth - 1), Leaves, (l, r) => new Term($"{r.Text} or ({l.Text})", row => l.Truth(row) | r.Truth(row))),

        // "and" binds closer than "or", "not" closer than both.
        Gen.Select(Leaves, Leaves, Leaves, (a, b, c) => new Term($"{a.Text} or not {b.Text} and {c.Text}", r => a.Truth(r) | (!b.Truth(r) & c.Truth(r)))));

    static Gen<Term> Comparison(string column, Gen<string> literals) => Gen.OneOf(
        Gen.Select(OneOf("=", "==", "!=", "<>", "<", "<=", ">", ">="), literals, (o, v) => new Term($"{column} {o} {v}", r => Holds(r, column, o, v))),
        Gen.Select(OneOf("=", "<", ">="), literals, (o, v) =>
            new Term($"{v} {o} {column}", r => Holds(r, column, o switch { "<" => ">", ">=" => "<=", _ => o }, v))),
        literals.Array[1, 4].Select(vs => new Term(
            $"{column} in ({string.Join(", ", vs)})", r => r.Value(column) == null ? null : vs.Any(v => Holds(r, column, "=", v) == true))),
        literals.Array[1, 4].Select(vs => new Term(
            $"{column} not in ({string.Join(", ", vs)})", r => r.Value(column) == null ? null : !vs.Any(v => Holds(r, column, "=", v) == true))),
        Gen.Select(literals, literals, (low, high) => new Term(
            $"{column} between {low} and {high}", r => Holds(r, column, ">=", low) & Holds(r, column, "<=", high))),
        Gen.Const(new Term($"{column} is not null", r => r.Value(column) != null)));

    static bool? Holds(Row row, string column, string relation, string literal)
    {
        if (row.Value(column) is not { } value)
            return null;

        int order = value switch
        {
            string text => CompareBytes(text, literal[1..^1].Replace("''", "'", StringComparison.Ordinal)),
            long number => number.CompareTo(long.Parse(literal, CultureInfo.InvariantCulture)),
            _ => ((double)value).CompareTo(double.Parse(literal, CultureInfo.InvariantCulture)),
        };
        return relation switch
        {
            "=" or "==" => order == 0,
            "!=" or "<>" => order != 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }

    static int CompareBytes(string left, string right) =>
        System.Text.Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(right));

    string Write(Row[] rows, int groupRows)
    {
        string path = data.In($"{files++}.parquet");
        using FileStream stream = File.Create(path);
        Task.Run(async () =>
        {
            await using TableWriter writer = await TableWriter.CreateAsync(
                stream, [TableColumn.OfNullable<double>("x"), TableColumn.OfNullable<long>("n"), TableColumn.OfText("t"), TableColumn.Of<bool>("b")]);
            foreach (Row[] group in rows.Chunk(groupRows))
            {
                await writer.WriteRowGroupAsync(
                    group.Length,
                    [
                        TableValues.OfNullable<double>(group.Select(r => r.X).ToArray()),
                        TableValues.OfNullable<long>(group.Select(r => r.N).ToArray()),
                        TableValues.OfText([.. group.Select(r => r.T)]),
                        TableValues.Of<bool>(group.Select(r => r.B).ToArray()),
                    ]);
            }
        }).GetAwaiter().GetResult();
        return path;
    }

    string WriteWithIndex(Row[] rows, int groupRows, int pageRows)
    {
        string path = data.In($"{files++}.parquet");
        File.WriteAllBytes(path, ArrowFile.Write(
            new ArrowOptions(PageBytes: 1, BatchRows: pageRows),
            [.. rows.Chunk(groupRows).Select(g => g.Length)],
            ArrowFile.Of("x", rows.Select(r => r.X).ToArray()),
            ArrowFile.Of("n", rows.Select(r => r.N).ToArray()),
            ArrowFile.Of("t", rows.Select(r => r.T).ToArray()),
            ArrowFile.Of("b", rows.Select(r => r.B).ToArray())));
        return path;
    }

    sealed record Row(double? X, long? N, string? T, bool B)
    {
        // NaN counts as null.
        public object? Value(string column) => column switch
        {
            "x" => X is { } x && double.IsNaN(x) ? null : X,
            "n" => N,
            "t" => T,
            _ => B,
        };
    }

    sealed record Term(string Text, Func<Row, bool?> Truth)
    {
        public override string ToString() => Text;
    }
}
