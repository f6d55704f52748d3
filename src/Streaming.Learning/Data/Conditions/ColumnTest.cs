namespace Streaming.Learning.Data.Conditions;

/// <summary>A leaf of a condition, made to fit the type of its column in one file. Used by many threads at once.</summary>
abstract class ColumnTest
{
    /// <summary>All that the test can be for values within bounds.</summary>
    public Outcomes Possible(ColumnBounds bounds) =>
        (bounds.MayBeNull ? OfNull : Outcomes.None) | (bounds.MayHaveValue ? OfValues(bounds) : Outcomes.None);

    /// <summary>What the test is for null.</summary>
    protected virtual Outcomes OfNull => Outcomes.Unknown;

    /// <summary>All that the test can be for values within bounds that are not null.</summary>
    protected abstract Outcomes OfValues(ColumnBounds bounds);

    /// <summary>All that a comparison can be for values between <paramref name="min"/> and <paramref name="max"/>.</summary>
    /// <param name="relation">The comparison.</param>
    /// <param name="operands">What is compared with, ascending.</param>
    /// <param name="min">The lowest value.</param>
    /// <param name="max">The highest value.</param>
    /// <param name="compare">The order.</param>
    /// <param name="areRounded">Whether bounds and operands were rounded, so that equal ones may have been different.</param>
    protected static Outcomes Between<T>(Relation relation, T[] operands, T min, T max, Comparison<T> compare, bool areRounded = false)
    {
        // Nothing equals none.
        if (operands.Length == 0)
            return Outcomes.False;

        int low = compare(min, operands[0]);
        int high = compare(max, operands[0]);
        (bool canHold, bool canFail) = relation switch
        {
            Relation.Less => (low < 0 || (areRounded && low == 0), high >= 0),
            Relation.LessOrEqual => (low <= 0, high > 0 || (areRounded && high == 0)),
            Relation.Greater => (high > 0 || (areRounded && high == 0), low <= 0),
            Relation.GreaterOrEqual => (high >= 0, low < 0 || (areRounded && low == 0)),
            _ => (
                operands.Any(v => compare(min, v) <= 0 && compare(max, v) >= 0),
                areRounded || compare(min, max) != 0 || operands.All(v => compare(min, v) != 0)),
        };
        return (canHold ? Outcomes.True : Outcomes.None) | (canFail ? Outcomes.False : Outcomes.None);
    }

    /// <summary>Whether a comparison holds, given how the value stands to the (first) operand.</summary>
    protected static bool Holds(Relation relation, int order) => relation switch
    {
        Relation.Less => order < 0,
        Relation.LessOrEqual => order <= 0,
        Relation.Greater => order > 0,
        Relation.GreaterOrEqual => order >= 0,
        _ => order == 0,
    };
}

/// <summary>Whether a value is null, or NaN.</summary>
sealed class NullTest : ColumnTest
{
    protected override Outcomes OfNull => Outcomes.True;

    protected override Outcomes OfValues(ColumnBounds bounds) => Outcomes.False;
}

/// <summary>Compares numbers.</summary>
/// <param name="relation">The comparison.</param>
/// <param name="operands">What is compared with, ascending; one, but for <see cref="Relation.Equal"/>.</param>
sealed class NumberTest(Relation relation, double[] operands) : ColumnTest
{
    interface IRelation
    {
        static abstract bool Holds(double value, double operand);
    }

    /// <summary>The outcome for each value; NaN stands for null.</summary>
    public void Run(ReadOnlySpan<double> values, Span<sbyte> outcomes)
    {
        switch (relation)
        {
            case Relation.Less: Run<Less>(values, outcomes); break;
            case Relation.LessOrEqual: Run<LessOrEqual>(values, outcomes); break;
            case Relation.Greater: Run<Greater>(values, outcomes); break;
            case Relation.GreaterOrEqual: Run<GreaterOrEqual>(values, outcomes); break;
            case Relation.Equal when operands.Length == 1: Run<Equal>(values, outcomes); break;
            default:
                for (int i = 0; i < values.Length; i++)
                    outcomes[i] = OutcomeOf(values[i], Array.BinarySearch(operands, values[i]) >= 0);
                break;
        }
    }

    protected override Outcomes OfValues(ColumnBounds bounds) => bounds.Numbers is { } numbers
        ? Between(relation, operands, numbers.Min, numbers.Max, (x, y) => x.CompareTo(y))
        : Outcomes.True | Outcomes.False;

    void Run<TRelation>(ReadOnlySpan<double> values, Span<sbyte> outcomes)
        where TRelation : struct, IRelation
    {
        double operand = operands[0];
        for (int i = 0; i < values.Length; i++)
            outcomes[i] = OutcomeOf(values[i], TRelation.Holds(values[i], operand));
    }

    static sbyte OutcomeOf(double value, bool holds) => double.IsNaN(value) ? Logic.Unknown : holds ? Logic.True : Logic.False;

    readonly struct Less : IRelation
    {
        public static bool Holds(double value, double operand) => value < operand;
    }

    readonly struct LessOrEqual : IRelation
    {
        public static bool Holds(double value, double operand) => value <= operand;
    }

    readonly struct Greater : IRelation
    {
        public static bool Holds(double value, double operand) => value > operand;
    }

    readonly struct GreaterOrEqual : IRelation
    {
        public static bool Holds(double value, double operand) => value >= operand;
    }

    readonly struct Equal : IRelation
    {
        public static bool Holds(double value, double operand) => value == operand;
    }
}

/// <summary>Tests values by the bytes that <see cref="Probe"/> is shown; once per entry where a column chunk has a dictionary.</summary>
abstract class CategoryTest : ColumnTest
{
    /// <summary>Whether the test holds for a value.</summary>
    public abstract bool Holds(ReadOnlySpan<byte> value);
}

/// <summary>Compares values by their bytes.</summary>
/// <param name="relation">The comparison.</param>
/// <param name="operands">What is compared with, ascending; one, but for <see cref="Relation.Equal"/>.</param>
abstract class BytesTest(Relation relation, byte[][] operands) : CategoryTest
{
    public sealed override bool Holds(ReadOnlySpan<byte> value)
    {
        if (operands.Length == 1)
            return Holds(relation, Compare(value, operands[0]));

        int low = 0;
        int high = operands.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = Compare(value, operands[middle]);
            if (order == 0)
                return true;

            if (order < 0)
                high = middle - 1;
            else
                low = middle + 1;
        }

        return false;
    }

    protected sealed override Outcomes OfValues(ColumnBounds bounds) => BoundsOf(bounds) is var (min, max)
        ? Between(relation, operands, min, max, (x, y) => Compare(x, y))
        : Outcomes.True | Outcomes.False;

    /// <summary>How a value stands to another.</summary>
    protected abstract int Compare(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y);

    /// <summary>The bounds in that order; null where nothing is known.</summary>
    protected abstract (byte[] Min, byte[] Max)? BoundsOf(ColumnBounds bounds);
}

/// <summary>Compares texts, by their bytes: the order of their characters' numbers in Unicode.</summary>
sealed class TextTest(Relation relation, byte[][] operands) : BytesTest(relation, operands)
{
    protected override int Compare(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y) => x.SequenceCompareTo(y);

    protected override (byte[] Min, byte[] Max)? BoundsOf(ColumnBounds bounds) => bounds.Texts;
}

/// <summary>Compares decimals of more digits than doubles have, by their unscaled values (<see cref="UnscaledOrder"/>).</summary>
sealed class UnscaledTest(Relation relation, byte[][] operands) : BytesTest(relation, operands)
{
    protected override int Compare(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y) => UnscaledOrder.Compare(x, y);

    protected override (byte[] Min, byte[] Max)? BoundsOf(ColumnBounds bounds) => bounds.Unscaled;
}

/// <summary>Compares whole numbers beyond 2^53, which doubles can't tell apart, by their digits.</summary>
/// <param name="relation">The comparison.</param>
/// <param name="operands">What is compared with, ascending; one, but for <see cref="Relation.Equal"/>.</param>
sealed class LargeIntegerTest(Relation relation, Int128[] operands) : CategoryTest
{
    public override bool Holds(ReadOnlySpan<byte> value)
    {
        Int128 number = Int128.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
        return operands.Length == 1 ? Holds(relation, number.CompareTo(operands[0])) : Array.BinarySearch(operands, number) >= 0;
    }

    protected override Outcomes OfValues(ColumnBounds bounds) => bounds.Numbers is { } numbers
        ? Between(relation, [.. operands.Select(o => (double)o)], numbers.Min, numbers.Max, (x, y) => x.CompareTo(y), areRounded: true)
        : Outcomes.True | Outcomes.False;
}
