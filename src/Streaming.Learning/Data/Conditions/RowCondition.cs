namespace Streaming.Learning.Data.Conditions;

/// <summary>
/// A condition on rows, such as <c>distance >= 100 and origin in ('SFO', 'LAX')</c>: comparisons (<c>=</c>, <c>==</c>, <c>!=</c>,
/// <c>&lt;&gt;</c>, <c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c>, <c>&gt;=</c>, <c>in</c>, <c>not in</c>, <c>between</c>, <c>is null</c>,
/// <c>is not null</c>) of a column with values, joined by <c>and</c>, <c>or</c>, <c>not</c> and parentheses. The logic is SQL's: a
/// comparison with null is neither true nor false, and only rows for which the whole is true count. NaN counts as null.
/// </summary>
public sealed class RowCondition
{
    RowCondition(string text, ConditionNode root, IReadOnlyList<ConditionLeaf> leaves)
    {
        Text = text;
        Root = root;
        Leaves = leaves;
    }

    /// <summary>The condition as it was written.</summary>
    public string Text { get; }

    /// <summary>Names of the columns that it speaks of.</summary>
    public IReadOnlyList<string> Columns => [.. Leaves.Select(l => l.Column).Distinct()];

    internal ConditionNode Root { get; }

    internal IReadOnlyList<ConditionLeaf> Leaves { get; }

    /// <summary>
    /// Reads a condition. Numbers stand as they are, texts in single quotes, truth values as <c>true</c> and <c>false</c>, dates and times
    /// as <c>'2024-01-31'</c>, <c>'2024-01-31 12:30:00'</c> (UTC) or <c>'2024-01-31T12:30:00+02:00'</c>. A column whose name is a keyword or has other characters than letters,
    /// digits, <c>_</c> and <c>.</c> stands in double quotes or backticks.
    /// </summary>
    /// <exception cref="ArgumentException">It is none: says what was wanted, what was found, and where.</exception>
    public static RowCondition Parse(string text)
    {
        (ConditionNode root, IReadOnlyList<ConditionLeaf> leaves) = ConditionParser.Parse(text);
        return new RowCondition(text, root, leaves);
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
