using Streaming.Parquet.Encodings;

namespace Streaming.Parquet.Pages;

/// <summary>A page that is not compressed: the window's own bytes, without a copy.</summary>
sealed unsafe class StoredFeed(ChunkWindow window, int length) : ByteFeed
{
    int left = length;

    public override byte* Peek(int least, out int available)
    {
        fixed (byte* start = window.Peek(Math.Min(least, left)))
        {
            available = Math.Min(window.Available, left);
            return start;
        }
    }

    public override void Advance(int count)
    {
        window.Advance(count);
        left -= count;
    }
}
