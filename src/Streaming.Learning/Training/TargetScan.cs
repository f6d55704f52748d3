using System.Globalization;
using Streaming.Learning.Data;
using Streaming.Parquet;

namespace Streaming.Learning.Training;

/// <summary>Finds the classes of a target by reading that column alone: a few per cent of the bytes.</summary>
static class TargetScan
{
    const int ChunkRows = 4096;

    /// <summary>Most classes that a target may have; more of them are a number or an identifier rather than classes.</summary>
    const int MaxClasses = 10_000;

    /// <summary>Reads the target column of every row group.</summary>
    /// <exception cref="DatasetException">The column has missing values, numbers that are not whole, fewer than two classes or too many.</exception>
    public static TargetInfo FindClasses(Dataset dataset, string target, int workers, CancellationToken cancellation)
    {
        ParquetColumn column = dataset.Files[0].FindColumn(target)!;
        ClassType type = column.Kind switch
        {
            ColumnKind.Text => ClassType.Text,
            ColumnKind.Boolean => ClassType.Boolean,
            _ => ClassType.Integer,
        };
        var texts = new HashSet<string>(StringComparer.Ordinal);
        var numbers = new HashSet<double>();
        var gate = new Lock();
        var options = new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation };
        try
        {
            // Sets do not depend on the order in which row groups are read, so any worker may take any of them.
            Parallel.ForEach(dataset.RowGroups, options, group =>
            {
                ParquetColumn own = group.File.FindColumn(target)!;
                if ((own.Kind == ColumnKind.Text) != (type == ClassType.Text))
                    throw new DatasetException($"Target '{target}' is {column.TypeName} in '{dataset.Files[0].Name}' and {own.TypeName} in '{group.File.Name}'.");

                using ColumnReader reader = group.File.OpenColumn(group.Index, own);
                if (type == ClassType.Text)
                {
                    HashSet<string> found = ReadTexts(reader, dataset, group, target);
                    lock (gate)
                        texts.UnionWith(found);
                }
                else
                {
                    HashSet<double> found = ReadNumbers(reader, dataset, group, target);
                    lock (gate)
                        numbers.UnionWith(found);
                }
            });
        }
        catch (AggregateException e)
        {
            // The error of the earliest rows would be nicest; any one of them is true.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        List<string> classes = type switch
        {
            ClassType.Text => [.. texts.Order(StringComparer.Ordinal)],
            ClassType.Boolean => [.. numbers.Order().Select(n => n == 0 ? "false" : "true")],
            _ => [.. numbers.Order().Select(n => n.ToString(CultureInfo.InvariantCulture))],
        };
        if (classes.Count < 2)
        {
            throw new DatasetException(
                $"Target '{target}' must have at least two classes to learn from; all {dataset.RowCount} rows are '{classes[0]}'.");
        }

        return new TargetInfo(target, TargetKind.Classes, type, classes);
    }

    static HashSet<string> ReadTexts(ColumnReader reader, Dataset dataset, DatasetRowGroup group, string target)
    {
        var labels = new LabelCollector();
        var codes = new int[ChunkRows];
        for (long row = 0; row < group.RowCount; row += ChunkRows)
        {
            Span<int> chunk = codes.AsSpan(0, (int)Math.Min(ChunkRows, group.RowCount - row));
            reader.ReadCategories(chunk, labels);
            int missing = chunk.IndexOf(-1);
            if (missing >= 0)
                throw Missing(dataset, group.FirstRow + row + missing, target);

            CheckCount(labels.Found.Count, target);
        }

        return labels.Found;
    }

    static HashSet<double> ReadNumbers(ColumnReader reader, Dataset dataset, DatasetRowGroup group, string target)
    {
        var found = new HashSet<double>();
        var values = new double[ChunkRows];
        for (long row = 0; row < group.RowCount; row += ChunkRows)
        {
            Span<double> chunk = values.AsSpan(0, (int)Math.Min(ChunkRows, group.RowCount - row));
            reader.Read(chunk);
            double last = double.NaN;
            for (int i = 0; i < chunk.Length; i++)
            {
                double value = chunk[i];
                if (value == last)
                    continue;

                if (!double.IsFinite(value))
                    throw Missing(dataset, group.FirstRow + row + i, target);

                if (value != Math.Floor(value) || Math.Abs(value) >= 1L << 53)
                {
                    throw new DatasetException(
                        $"Target '{target}' must hold classes (whole numbers below 2^53, booleans or strings); found {value} in "
                        + $"{dataset.Locate(group.FirstRow + row + i)}. For a number as target use a regressor.");
                }

                found.Add(value);
                last = value;
            }

            CheckCount(found.Count, target);
        }

        return found;
    }

    static void CheckCount(int count, string target)
    {
        if (count > MaxClasses)
        {
            throw new DatasetException(
                $"Target '{target}' has more than {MaxClasses} different values: wanted classes. For a number as target use a regressor.");
        }
    }

    static DatasetException Missing(Dataset dataset, long row, string target) =>
        new($"Target '{target}' must have a value in every row; found null, NaN or infinity in {dataset.Locate(row)}. Filter such rows out first.");

    /// <summary>Collects the distinct labels of a column.</summary>
    sealed class LabelCollector : CategoryMap
    {
        public HashSet<string> Found { get; } = new(StringComparer.Ordinal);

        public override int Map(ReadOnlySpan<byte> utf8)
        {
            Span<char> text = utf8.Length <= 256 ? stackalloc char[256] : new char[utf8.Length];
            int length = System.Text.Encoding.UTF8.GetChars(utf8, text);
            HashSet<string>.AlternateLookup<ReadOnlySpan<char>> lookup = Found.GetAlternateLookup<ReadOnlySpan<char>>();
            lookup.Add(text[..length]);
            return 0;
        }
    }
}
