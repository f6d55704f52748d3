namespace Streaming.Learning.Data.Conditions;

/// <summary>A part of a condition.</summary>
abstract class ConditionNode
{
    /// <summary>All that the part can be where its leaves can be what is given.</summary>
    public abstract Outcomes Possible(ReadOnlySpan<Outcomes> leaves);

    /// <summary>What the part is for each row.</summary>
    /// <param name="leaves">For each leaf its outcome per row.</param>
    /// <param name="result">Receives the outcomes; its length is the number of rows.</param>
    public abstract void Evaluate(sbyte[][] leaves, Span<sbyte> result);
}

/// <summary>Parts joined by <c>and</c>, or by <c>or</c>.</summary>
sealed class ConditionJunction(bool isAnd, IReadOnlyList<ConditionNode> parts) : ConditionNode
{
    public override Outcomes Possible(ReadOnlySpan<Outcomes> leaves)
    {
        Outcomes result = parts[0].Possible(leaves);
        for (int i = 1; i < parts.Count; i++)
        {
            Outcomes part = parts[i].Possible(leaves);
            result = isAnd ? Logic.And(result, part) : Logic.Or(result, part);
        }

        return result;
    }

    public override void Evaluate(sbyte[][] leaves, Span<sbyte> result)
    {
        parts[0].Evaluate(leaves, result);
        Span<sbyte> part = stackalloc sbyte[ConditionReader.ChunkRows];
        part = part[..result.Length];
        for (int p = 1; p < parts.Count; p++)
        {
            parts[p].Evaluate(leaves, part);
            if (isAnd)
            {
                for (int i = 0; i < part.Length; i++)
                    result[i] = Math.Min(result[i], part[i]);
            }
            else
            {
                for (int i = 0; i < part.Length; i++)
                    result[i] = Math.Max(result[i], part[i]);
            }
        }
    }
}

/// <summary>The opposite of a part.</summary>
sealed class ConditionNegation(ConditionNode part) : ConditionNode
{
    public override Outcomes Possible(ReadOnlySpan<Outcomes> leaves) => Logic.Not(part.Possible(leaves));

    public override void Evaluate(sbyte[][] leaves, Span<sbyte> result)
    {
        part.Evaluate(leaves, result);
        for (int i = 0; i < result.Length; i++)
            result[i] = (sbyte)-result[i];
    }
}

/// <summary>A statement about one column.</summary>
/// <param name="index">Its number among the leaves of the condition.</param>
/// <param name="column">Name of the column.</param>
/// <param name="relation">What is said.</param>
/// <param name="operands">What the column is compared with: one value, or several for <see cref="Relation.Equal"/> (<c>in</c>).</param>
sealed class ConditionLeaf(int index, string column, Relation relation, IReadOnlyList<Literal> operands) : ConditionNode
{
    public string Column => column;

    public Relation Relation => relation;

    public IReadOnlyList<Literal> Operands => operands;

    public override Outcomes Possible(ReadOnlySpan<Outcomes> leaves) => leaves[index];

    public override void Evaluate(sbyte[][] leaves, Span<sbyte> result) => leaves[index].AsSpan(0, result.Length).CopyTo(result);
}

/// <summary>What a leaf says of its column. What is missing here is said with <c>not</c>.</summary>
enum Relation
{
    IsNull,
    IsTrue,
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>What a literal of a condition is.</summary>
enum LiteralKind
{
    Number,
    Text,
    Boolean,
}

/// <summary>A value written in a condition.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The text, or what stands in the condition.</param>
/// <param name="Number">The number; true is 1.</param>
/// <param name="Exact">The number exactly.</param>
readonly record struct Literal(LiteralKind Kind, string Text, double Number = 0, Fraction Exact = default)
{
    /// <summary>As messages show it.</summary>
    public override string ToString() => Kind == LiteralKind.Text ? $"'{Text}'" : Text;
}
