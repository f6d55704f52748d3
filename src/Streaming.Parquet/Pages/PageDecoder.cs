using Streaming.Parquet.Encodings;
using Streaming.Parquet.Format;
using Streaming.Storage;

namespace Streaming.Parquet.Pages;

/// <summary>
/// Makes decoders of pages: splits a page into repetition levels, definition levels and values (parquet-format, README.md,
/// "Data Pages"), and gives the values to the decoder of their encoding. Decoders are made once per chunk and started again
/// with each page.
/// </summary>
sealed unsafe class PageDecoder(BufferPool pool, PhysicalType type, NumberFormat format, int maxDefinitionLevel, int maxRepetitionLevel)
    : IDisposable
{
    /// <summary>Values that are fed may not be wider: their start is carried from one piece to the next.</summary>
    public const int MaxFedWidth = 16;

    ValueDictionary? dictionary;
    DictionaryDecoder? dictionaryDecoder;
    PlainDecoder? plainDecoder;
    PlainBytesDecoder? plainBytesDecoder;
    DeltaDecoder? deltaDecoder;
    ByteStreamSplitDecoder? byteStreamSplitDecoder;
    DeltaLengthBytesDecoder? deltaLengthBytesDecoder;
    DeltaBytesDecoder? deltaBytesDecoder;

    // The levels of the page at hand; of no use when all values are required.
    LevelStream levels = new(pool, "definition", maxDefinitionLevel);
    LevelStream repetitions = new(pool, "repetition", maxRepetitionLevel);

    /// <summary>Whether values may be missing, so that the levels tell which are there.</summary>
    public bool HasLevels => maxDefinitionLevel > 0;

    /// <summary>The highest definition level: that of a value that is there.</summary>
    public uint PresentLevel => (uint)maxDefinitionLevel;

    /// <summary>The definition levels of the page at hand.</summary>
    public ref HybridReader Levels => ref levels.Reader;

    /// <summary>The repetition levels of the page at hand, where the column has such.</summary>
    public ref HybridReader Repetitions => ref repetitions.Reader;

    /// <summary>Takes the chunk's dictionary.</summary>
    /// <exception cref="ParquetException">It is broken, or the second one.</exception>
    public void StartDictionary(PageReader pages)
    {
        if (dictionary is not null)
            throw new ParquetException("the column chunk has a second dictionary.");

        if (type == PhysicalType.Boolean)
            throw new ParquetException("a boolean column has a dictionary.");

        // Version 1 writers call plain values here PLAIN_DICTIONARY.
        if (pages.Header.Encoding is not (Encoding.Plain or Encoding.PlainDictionary))
            throw new ParquetException($"a dictionary page has encoding {pages.Header.Encoding}; it should be PLAIN.");

        int count = pages.Header.ValueCount;
        NativeBuffer page = pages.LoadCopy(out int length);
        try
        {
            dictionary = ValueDictionary.Load(pool, format, page, length, count);
        }
        catch
        {
            page.Dispose();
            throw;
        }
    }

    /// <summary>Starts with the data page at hand and gives the decoder of its values.</summary>
    /// <exception cref="ParquetException">The page is broken, or its encoding not supported.</exception>
    public ValueDecoder Start(PageReader pages)
    {
        ref readonly PageHeader header = ref pages.Header;
        bool areLevelsSimple = header.Type == PageType.DataV2
            || (levels.CanCopy(header.DefinitionLevelEncoding) && repetitions.CanCopy(header.RepetitionLevelEncoding));
        bool isFixedWidth = type != PhysicalType.Boolean && format.Width is > 0 and <= MaxFedWidth;
        return header.Encoding == Encoding.Plain && isFixedWidth && areLevelsSimple && pages.CanFeed
            ? StartFed(pages)
            : StartWhole(header, pages.Load());
    }

    public void Dispose()
    {
        dictionary?.Dispose();
        deltaBytesDecoder?.Dispose();
        levels.Dispose();
        repetitions.Dispose();
    }

    // Levels are copied, as the page's bytes go by.
    PlainDecoder StartFed(PageReader pages)
    {
        ref readonly PageHeader header = ref pages.Header;
        if (header.Type == PageType.DataV2)
        {
            repetitions.Copy(pages, header.RepetitionLevelBytes);
            levels.Copy(pages, header.DefinitionLevelBytes);
        }

        ByteFeed feed = pages.OpenFeed();
        if (header.Type == PageType.Data)
        {
            int left = header.UncompressedBytes;
            left -= repetitions.Copy(feed, left);
            levels.Copy(feed, left);
        }

        plainDecoder ??= new PlainDecoder(format);
        plainDecoder.Start(feed);
        return plainDecoder;
    }

    ValueDecoder StartWhole(in PageHeader header, PageContent content)
    {
        byte* start = content.Start;
        int length = content.Length;
        int used;
        if (header.Type == PageType.DataV2)
        {
            repetitions.Start(start, header.RepetitionLevelBytes);
            levels.Start(start + header.RepetitionLevelBytes, header.DefinitionLevelBytes);
            used = header.RepetitionLevelBytes + header.DefinitionLevelBytes;
        }
        else
        {
            used = repetitions.Start(header.RepetitionLevelEncoding, header.ValueCount, start, length);
            used += levels.Start(header.DefinitionLevelEncoding, header.ValueCount, start + used, length - used);
        }

        return StartValues(header.Encoding, start + used, length - used);
    }

    ValueDecoder StartValues(Encoding encoding, byte* start, int length)
    {
        switch (encoding, type)
        {
            case (Encoding.PlainDictionary or Encoding.RleDictionary, not PhysicalType.Boolean):
                if (dictionary is null)
                    throw new ParquetException("the page has dictionary codes, the column chunk has no dictionary before it.");

                dictionaryDecoder ??= new DictionaryDecoder();
                dictionaryDecoder.Start(start, length, dictionary);
                return dictionaryDecoder;

            case (Encoding.Plain, PhysicalType.Boolean):
                dictionaryDecoder ??= new DictionaryDecoder();
                dictionaryDecoder.StartPackedBooleans(start, length, dictionary ??= ValueDictionary.OfBooleans(pool));
                return dictionaryDecoder;

            case (Encoding.Rle, PhysicalType.Boolean):
                dictionaryDecoder ??= new DictionaryDecoder();
                dictionaryDecoder.StartBooleanRuns(start, length, dictionary ??= ValueDictionary.OfBooleans(pool));
                return dictionaryDecoder;

            case (Encoding.Plain, PhysicalType.ByteArray):
                plainBytesDecoder ??= new PlainBytesDecoder(format);
                plainBytesDecoder.Start(start, length);
                return plainBytesDecoder;

            case (Encoding.DeltaBinaryPacked, PhysicalType.Int32 or PhysicalType.Int64):
                deltaDecoder ??= new DeltaDecoder(format);
                deltaDecoder.Start(start, length);
                return deltaDecoder;

            case (Encoding.ByteStreamSplit, PhysicalType.Int32 or PhysicalType.Int64):
            case (Encoding.ByteStreamSplit, PhysicalType.Float or PhysicalType.Double or PhysicalType.FixedLenByteArray):
                byteStreamSplitDecoder ??= new ByteStreamSplitDecoder(format);
                byteStreamSplitDecoder.Start(start, length);
                return byteStreamSplitDecoder;

            case (Encoding.DeltaLengthByteArray, PhysicalType.ByteArray):
                deltaLengthBytesDecoder ??= new DeltaLengthBytesDecoder(format);
                deltaLengthBytesDecoder.Start(start, length);
                return deltaLengthBytesDecoder;

            case (Encoding.DeltaByteArray, PhysicalType.ByteArray or PhysicalType.FixedLenByteArray):
                deltaBytesDecoder ??= new DeltaBytesDecoder(format, pool);
                deltaBytesDecoder.Start(start, length);
                return deltaBytesDecoder;

            case (Encoding.Plain, _):
                plainDecoder ??= new PlainDecoder(format);
                plainDecoder.Start(start, length);
                return plainDecoder;

            default:
                throw new ParquetException($"values of type {type} have encoding {encoding}, which does not exist for them.");
        }
    }
}
