using System.Globalization;
using System.Threading.Channels;
using Streaming.Learning.Data;
using Streaming.Learning.Models;
using Streaming.Learning.Training.Planning;
using Streaming.Parquet;
using Streaming.Storage;

namespace Streaming.Learning.Training;

/// <summary>How to predict.</summary>
public sealed record PredictionOptions
{
    /// <summary>Columns of the data that are copied, unchanged, before the predictions; memory then grows with the row groups. Default: none.</summary>
    public IReadOnlyList<string> Keep { get; init; } = [];

    /// <summary>Threads. Default: the processors of this machine.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>Told of progress. Default: nobody.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }
}

/// <summary>Predicts the rows of a dataset into a Parquet file, in their order.</summary>
public static class Predictor
{
    const int BatchSize = 1024;
    const int RowGroupsAhead = 4;

    /// <summary>Values that a row group of the output holds at most, so that its memory is bounded whatever the input's row groups are.</summary>
    const int SegmentValues = 1 << 22;

    /// <summary>Rows that a row group of the output holds at most.</summary>
    const int SegmentRows = 1 << 17;

    /// <summary>
    /// Writes one row per row of <paramref name="dataset"/> for which its condition is true, in their order: the kept columns, then the
    /// model's outputs. Missing and infinite values are filled where training filled them; otherwise they are errors.
    /// </summary>
    /// <returns>Rows written.</returns>
    /// <exception cref="DatasetException">The data lack the model's columns or a kept one, or hold values that are not finite.</exception>
    public static async Task<long> PredictAsync(
        Model model, Dataset dataset, Stream output, PredictionOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new PredictionOptions();
        TrainingOptions.AtLeastOne(options.Workers, "workers");
        ColumnSelection columns = ColumnSelection.ForModel(dataset, model.Header.Features, null, null, model.Header.Encoded, model.Header.ColumnTypes);
        var source = new TileSource(dataset, columns, model.Header.Scaling, null, RowFilter.None, BatchSize)
        {
            Rules = model.Header.Rules.ForPrediction(),
        };
        var progress = new ProgressMeter(options.Progress, () => dataset.BytesRead);
        progress.BeginPass("predicting", dataset.RowsToRead);
        KeptColumns kept = await KeptColumns.OpenAsync(dataset, options.Keep, model.Outputs, cancellation).ConfigureAwait(false);
        IReadOnlyList<TableColumn> table = [.. kept.Columns, .. model.Outputs.Select(o => ColumnOf(o, model.Header.Target))];

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Channel<Segment>[] segments = [.. dataset.RowGroups.Select(_ => Channel.CreateBounded<Segment>(1))];
        int nextGroup = -1;
        PredictionMemory memory = PredictionMemory.Fit(
            source, options.Keep, g => (model.Outputs.Count * sizeof(double) + sizeof(int)) * (long)RoomFor(g, SegmentRowsOf(g)), options.Workers);
        using IDisposable waiting = dataset.Pool.Reserve(memory.Waiting, "predictions that wait to be written");
        (Prefetcher prefetcher, FetchLane[] lanes) = TileFetches.OpenRowGroups(
            dataset, source.ColumnsOf, memory.Fetch, memory.Workers + RowGroupsAhead, stop.Token);
        using Prefetcher ahead = prefetcher;
        ahead.Start();
        Task[] workers = [.. Enumerable.Range(0, memory.Workers).Select(_ => Task.Run(WorkAsync, CancellationToken.None))];
        using var copies = new KeptReader(kept, dataset.RowGroups, memory.IsKeptAhead, stop.Token);
        try
        {
            long rows = 0;
            TableWriter writer = await TableWriter.CreateAsync(output, table, cancellation: stop.Token).ConfigureAwait(false);
            await using (writer.ConfigureAwait(false))
            {
                for (int g = 0; g < segments.Length; g++)
                {
                    await foreach (Segment segment in segments[g].Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
                    {
                        List<TableValues> values = kept.Select(dataset.RowGroups[g], await copies.ReadAsync(g).ConfigureAwait(false), segment.Places);
                        for (int c = 0; c < model.Outputs.Count; c++)
                            values.Add(ValuesOf(model.Outputs[c], model.Header.Target, segment.Output(c)));

                        await writer.WriteRowGroupAsync(segment.Places.Length, values, stop.Token).ConfigureAwait(false);
                        rows += segment.Places.Length;
                    }
                }
            }

            progress.EndPass(null);
            return rows;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(workers).ConfigureAwait(false);
        }

        // Kept columns come a whole row group at a time, and then the predictions must too.
        int SegmentRowsOf(DatasetRowGroup group) => kept.Columns.Count > 0
            ? checked((int)group.RowCount)
            : Math.Clamp(SegmentValues / model.Outputs.Count, BatchSize, SegmentRows) / BatchSize * BatchSize;

        // Each worker predicts whole row groups; their channels keep it at most one segment ahead of the writer.
        async Task WorkAsync()
        {
            while (Interlocked.Increment(ref nextGroup) is int g && g < segments.Length)
            {
                Exception? error = null;
                try
                {
                    await PredictRowGroupAsync(model, source, dataset.RowGroups[g], lanes[g], SegmentRowsOf(dataset.RowGroups[g]), segments[g].Writer, progress, stop.Token).ConfigureAwait(false);
                }
                catch (Exception e)
                {
                    // Handed to the writer, which throws it when it comes to this row group: the first error in row order wins.
                    error = e;
                }

                segments[g].Writer.Complete(error);
                if (error != null)
                    return;
            }
        }
    }

    static async Task PredictRowGroupAsync(
        Model model, TileSource source, DatasetRowGroup group, FetchLane lane, int segmentRows, ChannelWriter<Segment> segments, ProgressMeter progress, CancellationToken cancellation)
    {
        int outputs = model.Outputs.Count;
        using var reader = new TileReader(source, [group], cancellation, lane: lane);
        using var tile = new RowBatch(source.Dataset.Pool, source.Shape());
        var scratch = new double[outputs * BatchSize];
        int room = RoomFor(group, segmentRows);

        // Writers that flush on a clock leave row groups without rows, which have room for none.
        bool isOver = group.RowCount == 0;
        while (!isOver)
        {
            var values = new double[outputs * room];
            var places = new int[room];
            int filled = 0;
            while (filled + BatchSize <= room && !isOver)
            {
                cancellation.ThrowIfCancellationRequested();
                long leftOut = reader.RowsRead - reader.RowsGiven;
                isOver = !reader.Read(tile);
                progress.LeaveOut(reader.RowsRead - reader.RowsGiven - leftOut);
                if (isOver)
                    break;

                model.Predict(tile, scratch);
                for (int c = 0; c < outputs; c++)
                    scratch.AsSpan(c * tile.RowCount, tile.RowCount).CopyTo(values.AsSpan(c * room + filled));

                for (int i = 0; i < tile.RowCount; i++)
                    places[filled + i] = (int)(tile.RowIndex(i) - group.FirstRow);

                filled += tile.RowCount;
                progress.Add(tile.RowCount, null);
            }

            if (filled > 0)
                await segments.WriteAsync(new Segment(places.AsMemory(0, filled), values, room), cancellation).ConfigureAwait(false);
        }
    }

    static int RoomFor(DatasetRowGroup group, int segmentRows) =>
        checked((int)((Math.Min(segmentRows, group.RowCount) + BatchSize - 1) / BatchSize * BatchSize));

    static TableColumn ColumnOf(OutputColumn output, TargetInfo? target) => (output.Kind, target?.ClassType) switch
    {
        (OutputKind.Number, _) => TableColumn.Of<double>(output.Name),
        (OutputKind.Index, _) => TableColumn.Of<int>(output.Name),
        (_, ClassType.Integer) => TableColumn.Of<long>(output.Name),
        (_, ClassType.Boolean) => TableColumn.Of<bool>(output.Name),
        _ => TableColumn.OfText(output.Name),
    };

    static TableValues ValuesOf(OutputColumn output, TargetInfo? target, ReadOnlyMemory<double> values)
    {
        switch (output.Kind, target?.ClassType)
        {
            case (OutputKind.Number, _):
                return TableValues.Of(values);
            case (OutputKind.Index, _):
                return TableValues.Of<int>(Convert(values, v => (int)v));
            case (_, ClassType.Integer):
                long[] numbers = [.. target!.Classes.Select(c => long.Parse(c, CultureInfo.InvariantCulture))];
                return TableValues.Of<long>(Convert(values, v => numbers[(int)v]));
            case (_, ClassType.Boolean):
                return TableValues.Of<bool>(Convert(values, v => target!.Classes[(int)v] == "true"));
            default:
                return TableValues.OfText(Convert(values, v => (string?)target!.Classes[(int)v]));
        }
    }

    static T[] Convert<T>(ReadOnlyMemory<double> values, Func<double, T> convert)
    {
        var converted = new T[values.Length];
        ReadOnlySpan<double> span = values.Span;
        for (int i = 0; i < converted.Length; i++)
            converted[i] = convert(span[i]);

        return converted;
    }

    /// <summary>Predictions of some rows of a row group.</summary>
    /// <param name="Places">The rows' places in the row group.</param>
    /// <param name="Values">The outputs, one after another.</param>
    /// <param name="Stride">Values from one output to the next.</param>
    sealed record Segment(ReadOnlyMemory<int> Places, double[] Values, int Stride)
    {
        public ReadOnlyMemory<double> Output(int output) => Values.AsMemory(output * Stride, Places.Length);
    }
}
