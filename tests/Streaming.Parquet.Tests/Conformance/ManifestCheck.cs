using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Streaming.Storage;

namespace Streaming.Parquet.Tests.Conformance;

/// <summary>Compares what our reader finds in a file with a manifest's entry.</summary>
static class ManifestCheck
{
    /// <summary>Reads every column that the manifest describes; gives how many were compared and which were not.</summary>
    public static (int Compared, List<string> Left) Run(string folder, ManifestEntry entry)
    {
        using var pool = new BufferPool();
        int compared = 0;
        List<string> left = [];
        using (ParquetFile file = ParquetFile.Open(LocalFileSource.Open(Path.Combine(folder, entry.File)), pool))
        {
            if (entry.Rows is not null)
                Assert.Equal(entry.Rows, file.RowCount);

            // Files that others refuse come without columns: all are tried, even those that can't be read.
            if (entry.Columns.Count == 0)
            {
                foreach (ParquetColumn column in file.Columns.Where(c => entry.Expected == "reject" || c.Kind != ColumnKind.Unsupported))
                    ColumnScan.Run(file, column);
            }

            foreach ((string name, JsonElement expected) in entry.Columns)
            {
                ParquetColumn? column = file.FindColumn(name);
                if (column is null || column.Kind == ColumnKind.Unsupported)
                {
                    left.Add($"{name} {expected.GetProperty("type").GetString()}: {column?.UnsupportedReason ?? "a group"}");
                    continue;
                }

                ColumnScan found = ColumnScan.Run(file, column);
                if (column.Kind == ColumnKind.Vector)
                    CompareLists(column, found, expected);
                else
                    Compare(column, found, expected);

                compared++;
            }
        }

        Assert.Equal(0, pool.RentedBytes);
        return (compared, left);
    }

    static void CompareLists(ParquetColumn column, ColumnScan found, JsonElement expected)
    {
        long[] wanted = [.. new[] { "count", "nulls", "empty_lists", "elements" }.Select(k => expected.GetProperty(k).GetInt64())];
        long[] lists = [found.Lists, found.NullLists, found.EmptyLists, found.Count];
        Assert.True(wanted.SequenceEqual(lists), $"{column}: {string.Join(", ", lists)} lists, nulls, empty ones and elements; wanted {string.Join(", ", wanted)}");
        Compare(column, found, expected.GetProperty("element"));
    }

    static void Compare(ParquetColumn column, ColumnScan found, JsonElement expected)
    {
        long nan = expected.TryGetProperty("nan", out JsonElement nans) ? nans.GetInt64() : 0;
        if (expected.TryGetProperty("count", out JsonElement count))
            Assert.True(count.GetInt64() == found.Count, $"{column}: count {found.Count}");
        Assert.True(expected.GetProperty("nulls").GetInt64() + nan == found.Missing, $"{column}: {found.Missing} missing");

        if (expected.TryGetProperty("bytes", out JsonElement bytes))
        {
            Assert.True(bytes.GetInt64() == found.TextBytes, $"{column}: {found.TextBytes} bytes of text, wanted {bytes.GetInt64()}");
            Assert.True(expected.GetProperty("distinct").GetInt32() == found.Distinct, $"{column}: {found.Distinct} distinct");
        }

        if (expected.TryGetProperty("true", out JsonElement trues))
            Assert.True(trues.GetDouble() == found.Sum, $"{column}: {found.Sum} true");

        if (expected.TryGetProperty("sum_days", out JsonElement days))
            CompareIntegers(column, Integer(days), found);

        if (expected.TryGetProperty("sum_epoch_us", out JsonElement micros))
            CompareTimestamps(column, Integer(micros), found);

        if (expected.TryGetProperty("sum", out JsonElement sum) && sum.ValueKind != JsonValueKind.Null)
            CompareSums(column, sum, found);

        foreach ((string key, double value) in new[] { ("min", found.Min), ("max", found.Max) })
        {
            // Only where the manifest gives a number as such: dates and texts are compared by their sums.
            if (expected.TryGetProperty(key, out JsonElement bound) && bound.ValueKind == JsonValueKind.Number)
                Assert.True(bound.GetDouble() == value, $"{column}: {key} {value}, wanted {bound.GetDouble()}");
        }
    }

    static void CompareSums(ParquetColumn column, JsonElement sum, ColumnScan found)
    {
        if (sum.ValueKind == JsonValueKind.String && sum.GetString()!.All(c => char.IsAsciiDigit(c) || c == '-') && column.IsInteger)
        {
            CompareIntegers(column, Integer(sum), found);
            return;
        }

        double wanted = sum.ValueKind == JsonValueKind.String ? double.Parse(sum.GetString()!, CultureInfo.InvariantCulture) : sum.GetDouble();
        double size = Math.Max(Math.Abs(wanted), Math.Max(Math.Abs(found.Min), Math.Abs(found.Max)));
        Assert.True(wanted == found.Sum || Math.Abs(wanted - found.Sum) <= 1e-9 * size, $"{column}: sum {found.Sum:R}, wanted {wanted:R}");
    }

    // Doubles hold whole numbers exactly up to 2^53; beyond, each row may be off by a rounding.
    static void CompareIntegers(ParquetColumn column, BigInteger wanted, ColumnScan found)
    {
        double largest = Math.Max(Math.Abs(found.Min), Math.Abs(found.Max));
        BigInteger slack = largest <= Math.Pow(2, 53) || !double.IsFinite(largest) ? 0 : found.Count * new BigInteger(Math.BitIncrement(largest) - largest);
        Assert.True(BigInteger.Abs(wanted - found.IntegerSum) <= slack, $"{column}: sum {found.IntegerSum}, wanted {wanted}");
    }

    static void CompareTimestamps(ParquetColumn column, BigInteger wanted, ColumnScan found)
    {
        double perUnit = column.Unit!.Split(' ')[0] switch
        {
            "milliseconds" => 1e3,
            "microseconds" => 1,
            "nanoseconds" => 1e-3,
            string unit => throw new InvalidOperationException(unit),
        };
        double sum = found.Sum * perUnit;
        Assert.True(Math.Abs((double)wanted - sum) <= 1e-9 * Math.Abs((double)wanted) + found.Count, $"{column}: sum {sum:R} us, wanted {wanted}");
    }

    static BigInteger Integer(JsonElement e) =>
        BigInteger.Parse(e.ValueKind == JsonValueKind.String ? e.GetString()! : e.GetRawText(), CultureInfo.InvariantCulture);
}
