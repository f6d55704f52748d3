using System.Globalization;
using System.Numerics;
using Streaming.Parquet;

namespace Streaming.Learning.Data.Conditions;

/// <summary>Fits the leaves of a condition to the types of the columns in a file.</summary>
static class TestBinder
{
    // Up to here doubles tell whole numbers apart, and up to there decimals, however many of their digits are behind the point: two of
    // them differ by more than division can lose.
    static readonly BigInteger MostExactWhole = 1L << 53;
    static readonly BigInteger MostExactUnscaled = 1_000_000_000_000_000;

    /// <summary>The test that a leaf stands for.</summary>
    /// <exception cref="DatasetException">The column can't be compared with that.</exception>
    public static ColumnTest Bind(ConditionLeaf leaf, DatasetColumn column, string file)
    {
        if (column.Kind == ColumnKind.Unsupported)
            throw Fault(leaf, column, file, $"can't be read: {column.UnsupportedReason}. Leave it out of the condition");

        if (column.Kind == ColumnKind.Vector)
            throw Fault(leaf, column, file, "is a list: conditions are on single values. Leave it out of the condition");

        switch (leaf.Relation)
        {
            case Relation.IsNull:
                return new NullTest();
            case Relation.IsTrue:
                return column.Kind == ColumnKind.Boolean
                    ? new NumberTest(Relation.Equal, [1])
                    : throw Fault(leaf, column, file, "is no truth value: compare it with something (=, <, in, is null, ...)");
        }

        if (column.Kind == ColumnKind.Text)
        {
            byte[][] texts = [.. leaf.Operands.Select(o => TextOf(o, leaf, column, file))];
            Array.Sort(texts, (x, y) => x.AsSpan().SequenceCompareTo(y));
            return new TextTest(leaf.Relation, texts);
        }

        Literal[] numbers = [.. leaf.Operands.Select(o => NumberOf(o, leaf, column, file))];
        return column.Stored is { } stored && (stored.IsInteger || stored.Scale != null)
            ? BindExact(leaf.Relation, numbers, stored)
            : new NumberTest(leaf.Relation, [.. numbers.Select(n => InPrecisionOf(column, n.Number)).Order()]);
    }

    // Whole numbers, and decimals as whole numbers of their last digit.
    static ColumnTest BindExact(Relation relation, Literal[] literals, ParquetColumn column)
    {
        int scale = column.Scale ?? 0;
        BigInteger[] operands = [.. literals.SelectMany(l => OperandsOf(relation, l.Exact.Unscaled(scale))).Order()];
        BigInteger most = scale == 0 ? MostExactWhole : MostExactUnscaled;
        if (operands.All(o => BigInteger.Abs(o) < most))
        {
            double divisor = double.Parse($"1e{scale}", CultureInfo.InvariantCulture);
            return new NumberTest(relation, [.. operands.Select(o => (double)o / divisor)]);
        }

        return column.IsInteger
            ? new LargeIntegerTest(relation, [.. operands.Select(o => (Int128)BigInteger.Clamp(o, Int128.MinValue, Int128.MaxValue))])
            : new UnscaledTest(relation, [.. operands.Select(UnscaledOrder.BytesOf)]);
    }

    // A number between two that the column can hold equals none, and stands to all others as the one below it or the one above it does.
    static IEnumerable<BigInteger> OperandsOf(Relation relation, (BigInteger Floor, bool IsExact) unscaled)
    {
        if (unscaled.IsExact || relation is Relation.LessOrEqual or Relation.Greater)
            return [unscaled.Floor];

        return relation == Relation.Equal ? [] : [unscaled.Floor + 1];
    }

    static byte[] TextOf(Literal literal, ConditionLeaf leaf, DatasetColumn column, string file) =>
        literal.Kind == LiteralKind.Text
            ? System.Text.Encoding.UTF8.GetBytes(literal.Text)
            : throw Fault(leaf, column, file, $"can't be compared with {literal}: write '{literal.Text}', in single quotes");

    static Literal NumberOf(Literal literal, ConditionLeaf leaf, DatasetColumn column, string file)
    {
        if (column.Kind == ColumnKind.Boolean)
        {
            // Booleans count as 0 and 1, as they do for features.
            return literal.Kind != LiteralKind.Text
                ? literal
                : throw Fault(leaf, column, file, $"can't be compared with {literal}: write true or false, without quotes");
        }

        if (literal.Kind == LiteralKind.Number)
            return literal;

        if (literal.Kind == LiteralKind.Text && Instants.UnitOf(column) is { } unit)
        {
            return Instants.TryParse(literal.Text, unit, out Literal instant)
                ? instant
                : throw Fault(leaf, column, file, $"can't be compared with {literal}: write a date as '2024-01-31', a time as '2024-01-31 12:30:00' (UTC) or '2024-01-31T12:30:00+02:00'");
        }

        throw Fault(leaf, column, file, $"can't be compared with {literal}: write a number, without quotes");
    }

    // As SQL databases do: the literal takes the column's type, so that a float32 column that was written from 0.1 equals 0.1.
    static double InPrecisionOf(DatasetColumn column, double value)
    {
        if (column.TypeName == "FLOAT16")
            return Half.IsFinite((Half)value) ? (double)(Half)value : value;

        bool isFloat = column.Stored?.PhysicalType == PhysicalType.Float;
        return isFloat && float.IsFinite((float)value) ? (float)value : value;
    }

    static DatasetException Fault(ConditionLeaf leaf, DatasetColumn column, string file, string what) =>
        new($"Option where: column '{leaf.Column}' ({column.TypeName} in '{file}') {what}.");
}
