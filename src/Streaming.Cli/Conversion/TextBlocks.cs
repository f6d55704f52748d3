namespace Streaming.Cli.Conversion;

/// <summary>Holds the texts of a row group in the making, of all columns, one behind another in blocks that serve the next row group again.</summary>
sealed class TextBlocks
{
    const int BlockBytes = 1024 * 1024;

    readonly List<byte[]> blocks = [];
    int block;
    int used;

    /// <summary>Keeps a copy of a text, until all are forgotten.</summary>
    public ReadOnlyMemory<byte> Add(ReadOnlySpan<byte> text)
    {
        for (; block < blocks.Count && blocks[block].Length - used < text.Length; block++)
            used = 0;

        if (block == blocks.Count)
            blocks.Add(GC.AllocateUninitializedArray<byte>(Math.Max(BlockBytes, text.Length)));

        Memory<byte> copy = blocks[block].AsMemory(used, text.Length);
        text.CopyTo(copy.Span);
        used += text.Length;
        return copy;
    }

    /// <summary>Forgets all texts: what was given of them is overwritten.</summary>
    public void Clear() => (block, used) = (0, 0);
}
