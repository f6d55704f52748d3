namespace Streaming.Learning.Data.Conditions;

/// <summary>What a condition can turn out to be over a set of rows. SQL's logic has three values: a comparison with null is unknown.</summary>
[Flags]
enum Outcomes
{
    None = 0,
    False = 1,
    Unknown = 2,
    True = 4,
}

/// <summary>
/// Three-valued logic (Kleene's, which is SQL's): for one row as a number, false -1, unknown 0, true 1, so that <c>and</c> is the
/// minimum, <c>or</c> the maximum and <c>not</c> the sign; and for sets of outcomes.
/// </summary>
static class Logic
{
    public const sbyte False = -1;
    public const sbyte Unknown = 0;
    public const sbyte True = 1;

    /// <summary>All that two conditions joined by <c>and</c> can be.</summary>
    public static Outcomes And(Outcomes left, Outcomes right) => Combine(left, right, Math.Min);

    /// <summary>All that two conditions joined by <c>or</c> can be.</summary>
    public static Outcomes Or(Outcomes left, Outcomes right) => Combine(left, right, Math.Max);

    /// <summary>All that the opposite of a condition can be.</summary>
    public static Outcomes Not(Outcomes outcomes) =>
        (outcomes & Outcomes.Unknown)
        | (outcomes.HasFlag(Outcomes.True) ? Outcomes.False : Outcomes.None)
        | (outcomes.HasFlag(Outcomes.False) ? Outcomes.True : Outcomes.None);

    // False, unknown and true are the bits 0, 1 and 2: ordered as the logic orders them.
    static Outcomes Combine(Outcomes left, Outcomes right, Func<int, int, int> join)
    {
        Outcomes result = Outcomes.None;
        for (int l = 0; l < 3; l++)
        {
            for (int r = 0; r < 3; r++)
            {
                if (((int)left >> l & 1) != 0 && ((int)right >> r & 1) != 0)
                    result |= (Outcomes)(1 << join(l, r));
            }
        }

        return result;
    }
}
