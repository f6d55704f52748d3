namespace Streaming.Parquet.Encodings;

/// <summary>
/// Numbers of fixed width back to back (parquet-format, Encodings.md, "Plain"), either all there or fed piece by piece.
/// </summary>
sealed unsafe class PlainDecoder(NumberFormat format) : ValueDecoder
{
    ByteFeed? feed;
    byte* next;
    long left;

    /// <summary>Starts with a page's values.</summary>
    public void Start(byte* source, int length)
    {
        feed = null;
        next = source;
        left = length / format.Width;
    }

    /// <summary>Starts with a page's values that are yet to come.</summary>
    public void Start(ByteFeed source)
    {
        feed = source;
        left = 0;
    }

    public override void Read(double* destination, int count)
    {
        while (count > 0)
        {
            byte* source = Take(count, out int n);
            NumberBlocks.ToDoubles(format, source, destination, n);
            destination += n;
            count -= n;
        }
    }

    public override bool Read(float* destination, int count, Affine map)
    {
        if (format.Kind != NumberKind.Double && !(format.Kind == NumberKind.Float && map.IsIdentity))
            return base.Read(destination, count, map);

        bool areFinite = true;
        while (count > 0)
        {
            byte* source = Take(count, out int n);
            areFinite &= format.Kind == NumberKind.Double
                ? Narrowing.Run((double*)source, destination, n, map)
                : Narrowing.Copy((float*)source, destination, n);
            destination += n;
            count -= n;
        }

        return areFinite;
    }

    public override void Read(int* destination, int count, CategoryMap map)
    {
        while (count > 0)
        {
            byte* source = Take(count, out int n);
            for (int i = 0; i < n; i++)
                destination[i] = MapNumber(map, source + (long)i * format.Width, format);

            destination += n;
            count -= n;
        }
    }

    public override void Skip(int count)
    {
        while (count > 0)
        {
            Take(count, out int n);
            count -= n;
        }
    }

    // Consumes up to count values that lie together, and at least one.
    byte* Take(int count, out int taken)
    {
        if (left == 0)
            Refill(count);

        taken = (int)Math.Min(count, left);
        byte* source = next;
        next += (long)taken * format.Width;
        left -= taken;
        return source;
    }

    // The values handed out last are consumed by now; what the feed shows next is whole values and the start of another.
    void Refill(int wanted)
    {
        if (feed is not null)
        {
            next = feed.Peek(format.Width, out int available);
            left = available / format.Width;
            feed.Advance((int)left * format.Width);
        }

        if (left == 0)
            throw TooShort(wanted, 0);
    }
}
