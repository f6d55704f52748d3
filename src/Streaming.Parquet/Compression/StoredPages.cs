namespace Streaming.Parquet.Compression;

/// <summary>Pages that are not compressed.</summary>
sealed class StoredPages : PageCodec
{
    public static readonly StoredPages Instance = new();

    public override bool IsStored => true;

    public override bool CanStream => true;

    public override string Name => "uncompressed";

    protected override int MaxRatio => 1;

    protected override int DecompressCore(ReadOnlySpan<byte> compressed, Span<byte> destination)
    {
        if (compressed.Length != destination.Length)
            return compressed.Length;

        compressed.CopyTo(destination);
        return compressed.Length;
    }
}
