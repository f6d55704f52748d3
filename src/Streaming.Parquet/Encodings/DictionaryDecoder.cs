namespace Streaming.Parquet.Encodings;

/// <summary>
/// Codes into the chunk's dictionary (parquet-format, Encodings.md, "Dictionary Encoding"), and booleans, which are codes
/// into (false, true).
/// </summary>
sealed unsafe class DictionaryDecoder : ValueDecoder
{
    HybridReader codes;
    ValueDictionary dictionary = null!;

    /// <summary>Starts with a page of dictionary codes: their width in a byte, then runs.</summary>
    /// <exception cref="ParquetException">The page is empty, or the width impossible.</exception>
    public void Start(byte* source, int length, ValueDictionary entries)
    {
        dictionary = entries;

        // A page of nulls only may leave out even the width.
        if (length == 0)
            codes.Start(source, 0, 0);
        else
            codes.Start(source + 1, length - 1, *source);
    }

    /// <summary>Starts with bits, one per boolean.</summary>
    public void StartPackedBooleans(byte* source, int length, ValueDictionary booleans)
    {
        dictionary = booleans;
        codes.StartPacked(source, length, 1);
    }

    /// <summary>Starts with runs of booleans, behind their length in four bytes.</summary>
    public void StartBooleanRuns(byte* source, int length, ValueDictionary booleans)
    {
        dictionary = booleans;
        if (length < 4)
            codes.Start(source, 0, 1);
        else
            codes.Start(source + 4, (int)Math.Min(*(uint*)source, (uint)length - 4), 1);
    }

    public override bool Read(float* destination, int count, Affine map)
    {
        uint* table = dictionary.Floats(map, out bool areFinite);
        codes.Lookup(table, (uint)dictionary.Count, (uint*)destination, count);
        return areFinite;
    }

    public override void Read(int* destination, int count, CategoryMap map) =>
        codes.Lookup(dictionary.Codes(map), (uint)dictionary.Count, (uint*)destination, count);

    public override void Read(double* destination, int count)
    {
        double* entries = dictionary.Doubles();
        uint* block = stackalloc uint[BlockLength];
        while (count > 0)
        {
            int n = Math.Min(count, BlockLength);
            uint largest = codes.Read(block, n);
            if (largest >= (uint)dictionary.Count)
                throw new ParquetException($"dictionary code {largest} is beyond the dictionary's {dictionary.Count} entries.");

            BitLookup.Take(entries, block, destination, n);
            destination += n;
            count -= n;
        }
    }

    public override void Skip(int count) => codes.Skip(count);
}
