using System.Globalization;
using ParquetSharp;

namespace Streaming.Benchmarks.Scale;

/// <summary>
/// Folders of Parquet files with a column <c>label</c> and <c>c1..cN</c>, every other one of few values (a dictionary), the rest of many. Files of a
/// folder are one file under many names, so that a folder of any size takes little disk, and stays in the page cache.
/// </summary>
sealed class ScaleData : IDisposable
{
    const int MostAtOnce = 1 << 20;

    readonly string root = Directory.CreateTempSubdirectory("streaming-benchmark-scale-").FullName;
    readonly Dictionary<(long Rows, int Columns, long RowGroupRows), string> written = [];
    int made;

    /// <summary>Makes a folder of <paramref name="files"/> files of <paramref name="rows"/> rows each.</summary>
    public string Make(long rows, int columns, long rowGroupRows, int files = 1)
    {
        string folder = Path.Combine(root, $"{made++}");
        if (!written.TryGetValue((rows, columns, rowGroupRows), out string? source))
        {
            source = folder + ".parquet";
            Write(source, rows, columns, rowGroupRows);
            written.Add((rows, columns, rowGroupRows), source);
        }

        Directory.CreateDirectory(folder);
        for (int i = 0; i < files; i++)
            File.CreateSymbolicLink(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{i:D5}.parquet")), source);

        return folder;
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    static void Write(string path, long rows, int columns, long rowGroupRows)
    {
        using WriterPropertiesBuilder builder = new WriterPropertiesBuilder().Compression(Compression.Snappy).MaxRowGroupLength(rowGroupRows);

        // Whether many values fit into a dictionary would depend on how many rows a row group has.
        for (int c = 1; c <= columns; c += 2)
            builder.DisableDictionary($"c{c}");

        using WriterProperties properties = builder.Build();
        using var writer = new ParquetFileWriter(
            path, [new Column<bool>("label"), .. Enumerable.Range(1, columns).Select(c => new Column<double>($"c{c}"))], properties);
        for (long first = 0; first < rows; first += rowGroupRows)
        {
            using RowGroupWriter group = writer.AppendRowGroup();
            long end = Math.Min(rows, first + rowGroupRows);
            Append(group, first, end, row => ValueOf(row, 1) + Uniform(row, 0) > 0);
            for (int c = 1; c <= columns; c++)
            {
                int column = c;
                Append(group, first, end, row => ValueOf(row, column));
            }
        }

        writer.Close();
    }

    static void Append<T>(RowGroupWriter group, long first, long end, Func<long, T> valueOf)
    {
        using LogicalColumnWriter<T> column = group.NextColumn().LogicalWriter<T>();
        for (long row = first; row < end; row += MostAtOnce)
        {
            var values = new T[Math.Min(MostAtOnce, end - row)];
            for (int i = 0; i < values.Length; i++)
                values[i] = valueOf(row + i);

            column.WriteBatch(values);
        }
    }

    static double ValueOf(long row, int column) => Math.Round(Uniform(row, column), column % 2 == 0 ? 2 : 6);

    // From -1 to 1, by the finaliser of SplitMix64 (Steele, Lea and Flood 2014).
    static double Uniform(long row, int column)
    {
        ulong z = ((ulong)row * 0x9E3779B97F4A7C15) + ((ulong)column * 0xD1B54A32D192ED03);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (2.0 / (1UL << 53)) - 1;
    }
}
