namespace Streaming.Parquet;

/// <summary>
/// Gives each category a code. Called once per dictionary entry of a column chunk, or once per value where there is no
/// dictionary.
/// </summary>
public abstract class CategoryMap
{
    /// <summary>The code of a category; -1 for one without a code.</summary>
    /// <param name="utf8">The text as stored; for integer and boolean columns the invariant text ("12", "true"), for decimals
    /// that are no integers the unscaled value in two's complement, high byte first.</param>
    public abstract int Map(ReadOnlySpan<byte> utf8);
}
