using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Streaming.Learning.Data;
using Streaming.Learning.Training.Planning;
using Streaming.Parquet;
using Streaming.Storage;

namespace Streaming.Learning.Training;

/// <summary>Finds the classes of a target by reading that column alone: a few per cent of the bytes.</summary>
static class TargetScan
{
    const int ChunkRows = 4096;

    // Most targets hold a few small numbers, which are counted without looking them up.
    const int SmallNumbers = 256;

    // Of one column there is little in each.
    const int RowGroupsAhead = 64;

    /// <summary>Most classes that a target may have; more of them are a number or an identifier rather than classes.</summary>
    const int MaxClasses = 10_000;

    /// <summary>What reading the target takes, a row group being a partition.</summary>
    public static ReadingPlan ReadingOf(Dataset dataset, string target) =>
        ReadingPlan.OfColumn(target, [.. dataset.RowGroups.Select(g => new[] { g })]);

    /// <summary>What the scan takes and asks for. It takes row groups as they come, one for each worker.</summary>
    public static (PassMemory Memory, ReadRequests Requests) Plan(ReadingPlan reading, Dataset dataset, string target, int workers, long budget)
    {
        PassMemory memory = PassMemory.OfRowGroups(reading, workers, tile: 0, budget);
        return (memory, memory.Fetch > 0 ? TileFetches.RequestsForRowGroups(dataset, file => [file.RequireColumn(target)], memory.Fetch, RowGroupsAhead) : reading.Requests);
    }

    /// <summary>Reads the target column of every row group; rows that are left out for their target have no class.</summary>
    /// <exception cref="DatasetException">The column has missing values, numbers that are not whole, fewer than two classes or too many.</exception>
    public static TargetInfo FindClasses(Dataset dataset, string target, ValueRules rules, int workers, CancellationToken cancellation)
    {
        DatasetColumn column = dataset.Files[0].RequireColumn(target);
        ClassType type = column.Kind switch
        {
            ColumnKind.Text => ClassType.Text,
            ColumnKind.Boolean => ClassType.Boolean,
            _ => ClassType.Integer,
        };
        var texts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var numbers = new SortedDictionary<double, long>();
        var gate = new Lock();
        var options = new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation };
        try
        {
            // Counts do not depend on the order in which row groups are read, so any worker may take the next one.
            long memory = dataset.Files.Any(f => f.Parquet.Source.IsFetched)
                ? Plan(ReadingOf(dataset, target), dataset, target, workers, dataset.Pool.FreeBytes).Memory.Fetch
                : 0;
            (Prefetcher prefetcher, FetchLane[] lanes) = TileFetches.OpenRowGroups(
                dataset, file => [file.RequireColumn(target)], memory, RowGroupsAhead, cancellation);
            using Prefetcher ahead = prefetcher;
            ahead.Start();
            Parallel.ForEach(Partitioner.Create(dataset.RowGroups, EnumerablePartitionerOptions.NoBuffering), options, (group, _, index) =>
            {
                DatasetColumn own = group.File.RequireColumn(target);
                if ((own.Kind == ColumnKind.Text) != (type == ClassType.Text))
                    throw new DatasetException($"Target '{target}' is {column.TypeName} in '{dataset.Files[0].Name}' and {own.TypeName} in '{group.File.Name}'.");

                using ColumnCursor reader = group.File.OpenColumn(group.Index, own);
                using var rows = new RowPicker(RowFilter.None);
                rows.Open(group);
                if (type == ClassType.Text)
                {
                    IEnumerable<(string, long)> found = ReadTexts(reader, rows, dataset, target, rules, cancellation);
                    lock (gate)
                        Add(texts, found);
                }
                else
                {
                    IEnumerable<(double, long)> found = ReadNumbers(reader, rows, dataset, target, rules, cancellation);
                    lock (gate)
                        Add(numbers, found);
                }

                lanes[index].MoveTo(1);
            });
        }
        catch (AggregateException e)
        {
            // The error of the earliest rows would be nicest; any one of them is true.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        List<string> classes = type switch
        {
            ClassType.Text => [.. texts.Keys],
            ClassType.Boolean => [.. numbers.Keys.Select(n => n == 0 ? "false" : "true")],
            _ => [.. numbers.Keys.Select(n => n.ToString(CultureInfo.InvariantCulture))],
        };
        if (classes.Count == 0 && rules.Drops)
            throw new DatasetException($"Target '{target}' has no value in any row, so there is none to learn from.");

        if (classes.Count == 0)
            throw dataset.NoRows("learn from", dataset.RowCount);

        if (classes.Count < 2)
        {
            string rows = dataset.Options.Where is { } where ? $"rows that fit the condition ({where})" : $"{dataset.RowCount} rows";
            throw new DatasetException($"Target '{target}' must have at least two classes to learn from; all {rows} are '{classes[0]}'.");
        }

        long[] counts = type == ClassType.Text ? [.. texts.Values] : [.. numbers.Values];
        return new TargetInfo(target, TargetKind.Classes, type, classes) { Counts = counts };
    }

    static void Add<T>(SortedDictionary<T, long> counts, IEnumerable<(T Label, long Rows)> found)
        where T : notnull
    {
        foreach ((T label, long rows) in found)
            counts[label] = counts.GetValueOrDefault(label) + rows;
    }

    static IEnumerable<(string Label, long Rows)> ReadTexts(
        ColumnCursor reader, RowPicker rows, Dataset dataset, string target, ValueRules rules, CancellationToken cancellation)
    {
        var labels = new LabelCollector();
        var found = new Dictionary<int, long>();
        int[] codes = ArrayPool<int>.Shared.Rent(ChunkRows);
        while (rows.TryPick(ChunkRows, out RowRun run, cancellation))
        {
            reader.Skip(run.Skip);
            reader.ReadCategories(codes.AsSpan(0, run.Count), labels);
            for (int i = 0; i < run.Wanted; i++)
            {
                int code = codes[run.PlaceOf(i)];
                if (code < 0 && rules.OnMissing == ValueHandling.Drop)
                    continue;

                if (code < 0)
                    throw Missing(dataset, run.FirstRow + run.PlaceOf(i), target);

                CollectionsMarshal.GetValueRefOrAddDefault(found, code, out _)++;
            }

            CheckCount(found.Count, target);
        }

        ArrayPool<int>.Shared.Return(codes);
        return found.Select(f => (labels.LabelOf(f.Key), f.Value));
    }

    static IEnumerable<(double Label, long Rows)> ReadNumbers(
        ColumnCursor reader, RowPicker rows, Dataset dataset, string target, ValueRules rules, CancellationToken cancellation)
    {
        var found = new Dictionary<double, long>();
        var small = new long[SmallNumbers];
        double[] values = ArrayPool<double>.Shared.Rent(ChunkRows);
        while (rows.TryPick(ChunkRows, out RowRun run, cancellation))
        {
            reader.Skip(run.Skip);
            reader.Read(values.AsSpan(0, run.Count));
            for (int i = 0; i < run.Wanted; i++)
            {
                double value = values[run.PlaceOf(i)];
                int number = (int)value;
                if ((uint)number < SmallNumbers && number == value)
                {
                    small[number]++;
                    continue;
                }

                ref long count = ref CollectionsMarshal.GetValueRefOrNullRef(found, value);
                if (!Unsafe.IsNullRef(ref count))
                {
                    count++;
                    continue;
                }

                long row = run.FirstRow + run.PlaceOf(i);
                if (!double.IsFinite(value) && rules.HandlingOf(double.IsNaN(value)) == ValueHandling.Drop)
                    continue;

                if (!double.IsFinite(value))
                    throw Missing(dataset, row, target);

                if (value != Math.Floor(value) || Math.Abs(value) >= 1L << 53)
                {
                    throw new DatasetException(
                        $"Target '{target}' must hold classes (whole numbers below 2^53, booleans or strings); found {value} in "
                        + $"{dataset.Locate(row)}. For a number as target use a regressor.");
                }

                found.Add(value, 1);
            }

            CheckCount(found.Count, target);
        }

        ArrayPool<double>.Shared.Return(values);
        for (int number = 0; number < SmallNumbers; number++)
        {
            if (small[number] > 0)
                found.Add(number, small[number]);
        }

        CheckCount(found.Count, target);
        return found.Select(f => (f.Key, f.Value));
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
        new($"Target '{target}' must have a value in every row; found null, NaN or infinity in {dataset.Locate(row)}. Leave such rows out (--on-missing drop, --on-infinite drop, or --where).");

    /// <summary>Numbers the distinct labels of a column; a dictionary may hold some that no wanted row has.</summary>
    sealed class LabelCollector : LabelMap
    {
        readonly Dictionary<string, int> codes = new(StringComparer.Ordinal);
        readonly List<string> labels = [];

        public string LabelOf(int code) => labels[code];

        protected override int CodeOf(ReadOnlySpan<char> label)
        {
            if (codes.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(label, out int code))
                return code;

            labels.Add(label.ToString());
            codes.Add(labels[^1], labels.Count - 1);
            return labels.Count - 1;
        }
    }
}
