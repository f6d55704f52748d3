using Streaming.Parquet;

namespace Streaming.Learning.Data;

/// <summary>A map of text labels: turns the bytes of each into characters, without allocating for labels of usual length.</summary>
abstract class LabelMap : CategoryMap
{
    const int UsualLength = 256;

    /// <inheritdoc/>
    public sealed override int Map(ReadOnlySpan<byte> utf8)
    {
        // UTF-8 never has fewer bytes than UTF-16 has characters.
        Span<char> text = utf8.Length <= UsualLength ? stackalloc char[UsualLength] : new char[utf8.Length];
        return CodeOf(text[..System.Text.Encoding.UTF8.GetChars(utf8, text)]);
    }

    /// <summary>The code of a label.</summary>
    protected abstract int CodeOf(ReadOnlySpan<char> label);
}
