using Parquet;
using Parquet.Schema;

namespace Streaming.Parquet;

/// <summary>
/// Writes the texts of a column chunk. Parquet.Net (6.1.0) notes the smallest and the largest of them whole, eight times in all, and finds them
/// in the order of UTF-16, where readers take that of UTF-8 for granted. Where that would do harm nothing is noted: the texts are given to it
/// as bytes.
/// </summary>
static class TextChunk
{
    /// <summary>Longest text that is noted, in UTF-16 units. Longer ones take much room and rule out little.</summary>
    const int MaxNoted = 256;

    const int SurrogateStart = 0xD800;
    const int SurrogateEnd = 0xE000;

    /// <summary>Writes the chunk.</summary>
    /// <param name="writer">The row group.</param>
    /// <param name="field">The column.</param>
    /// <param name="values">The texts that are there.</param>
    /// <param name="levels">Of every row, whether it has one; null where all have.</param>
    /// <param name="cancellation">Stops the writing.</param>
    public static Task WriteAsync(
        ParquetRowGroupWriter writer,
        DataField field,
        ReadOnlyMemory<ReadOnlyMemory<char>> values,
        ReadOnlyMemory<int>? levels,
        CancellationToken cancellation) =>
        CanBeNoted(values.Span)
            ? writer.WriteAllPartsAsync(field, values, levels, null, cancellation)
            : writer.WriteAllPartsAsync(TableColumn.Given<byte[]>(field), ToUtf8(values.Span), levels, null, cancellation);

    /// <summary>Writes the chunk of texts in UTF-8, which are made to characters only where that is of use.</summary>
    /// <inheritdoc cref="WriteAsync(ParquetRowGroupWriter, DataField, ReadOnlyMemory{ReadOnlyMemory{char}}, ReadOnlyMemory{int}?, CancellationToken)"/>
    public static Task WriteAsync(
        ParquetRowGroupWriter writer,
        DataField field,
        ReadOnlyMemory<ReadOnlyMemory<byte>> values,
        ReadOnlyMemory<int>? levels,
        CancellationToken cancellation)
    {
        if (AreBoundsShort(values.Span) && ToChars(values.Span) is var texts && CanBeNoted(texts))
            return writer.WriteAllPartsAsync<ReadOnlyMemory<char>>(field, texts, levels, null, cancellation);

        return writer.WriteAllPartsAsync(TableColumn.Given<byte[]>(field), values, levels, null, cancellation);
    }

    // If no comparison has another result in the other order, neither have the smallest and the largest.
    static bool CanBeNoted(ReadOnlySpan<ReadOnlyMemory<char>> values)
    {
        if (values.IsEmpty)
            return true;

        ReadOnlySpan<char> min = values[0].Span;
        ReadOnlySpan<char> max = min;
        foreach (ReadOnlyMemory<char> value in values[1..])
        {
            ReadOnlySpan<char> text = value.Span;
            if (text.SequenceCompareTo(min) < 0)
            {
                if (IsOtherInUtf8(text, min))
                    return false;

                min = text;
                continue;
            }

            if (IsOtherInUtf8(text, min) || IsOtherInUtf8(text, max))
                return false;

            if (text.SequenceCompareTo(max) > 0)
                max = text;
        }

        return min.Length <= MaxNoted && max.Length <= MaxNoted;
    }

    // In UTF-8 what UTF-16 has two surrogates for comes after all else.
    static bool IsOtherInUtf8(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        int same = a.CommonPrefixLength(b);
        return same < a.Length && same < b.Length
            && Math.Min(a[same], b[same]) is >= (char)SurrogateStart and < (char)SurrogateEnd
            && Math.Max(a[same], b[same]) >= SurrogateEnd;
    }

    static bool AreBoundsShort(ReadOnlySpan<ReadOnlyMemory<byte>> values)
    {
        ReadOnlySpan<byte> min = values.IsEmpty ? default : values[0].Span;
        ReadOnlySpan<byte> max = min;
        foreach (ReadOnlyMemory<byte> value in values)
        {
            if (value.Span.SequenceCompareTo(min) < 0)
                min = value.Span;
            else if (value.Span.SequenceCompareTo(max) > 0)
                max = value.Span;
        }

        return System.Text.Encoding.UTF8.GetCharCount(min) <= MaxNoted && System.Text.Encoding.UTF8.GetCharCount(max) <= MaxNoted;
    }

    // One behind another.
    static ReadOnlyMemory<char>[] ToChars(ReadOnlySpan<ReadOnlyMemory<byte>> values)
    {
        int length = 0;
        foreach (ReadOnlyMemory<byte> value in values)
            length += System.Text.Encoding.UTF8.GetCharCount(value.Span);

        var chars = new char[length];
        var texts = new ReadOnlyMemory<char>[values.Length];
        int start = 0;
        for (int i = 0; i < texts.Length; i++)
        {
            int count = System.Text.Encoding.UTF8.GetChars(values[i].Span, chars.AsSpan(start));
            texts[i] = chars.AsMemory(start, count);
            start += count;
        }

        return texts;
    }

    static ReadOnlyMemory<ReadOnlyMemory<byte>> ToUtf8(ReadOnlySpan<ReadOnlyMemory<char>> values)
    {
        var bytes = new ReadOnlyMemory<byte>[values.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            var utf8 = new byte[System.Text.Encoding.UTF8.GetByteCount(values[i].Span)];
            System.Text.Encoding.UTF8.GetBytes(values[i].Span, utf8);
            bytes[i] = utf8;
        }

        return bytes;
    }
}
