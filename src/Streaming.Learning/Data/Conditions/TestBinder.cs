using Streaming.Parquet;

namespace Streaming.Learning.Data.Conditions;

/// <summary>Fits the leaves of a condition to the types of the columns in a file.</summary>
static class TestBinder
{
    // From here on doubles skip whole numbers.
    const double FirstInexact = 1L << 53;

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

        // No whole number equals a fraction, or one beyond Int128: in a list they must not keep the others from being compared exactly.
        if (IsLong(column) && leaf.Relation == Relation.Equal && numbers.Any(n => n.Whole != null))
            numbers = [.. numbers.Where(n => n.Whole != null)];

        if (IsLong(column) && numbers.Any(n => Math.Abs(n.Number) >= FirstInexact) && numbers.All(n => n.Whole != null))
            return new LargeIntegerTest(leaf.Relation, [.. numbers.Select(n => n.Whole!.Value).Order()]);

        return new NumberTest(leaf.Relation, [.. numbers.Select(n => InPrecisionOf(column, n.Number)).Order()]);
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
                : throw Fault(leaf, column, file, $"can't be compared with {literal}: write a date as '2024-01-31' or '2024-01-31 12:30:00'");
        }

        throw Fault(leaf, column, file, $"can't be compared with {literal}: write a number, without quotes");
    }

    static bool IsLong(DatasetColumn column) => column.Stored is { IsInteger: true, PhysicalType: PhysicalType.Int64 };

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
