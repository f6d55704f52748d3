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
    const int RunsAhead = 4;

    /// <summary>
    /// Writes one row per row of <paramref name="dataset"/> for which its condition is true, in their order: the kept columns, then the
    /// model's outputs. Without such rows the file has those columns and no row. Missing and infinite values are filled where training filled them;
    /// otherwise they are errors.
    /// </summary>
    /// <returns>Rows written.</returns>
    /// <exception cref="DatasetException">The data lack the model's columns or a kept one, or hold values that are not finite.</exception>
    public static async Task<long> PredictAsync(
        Model model, Dataset dataset, Stream output, PredictionOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new PredictionOptions();
        TrainingOptions.AtLeastOne(options.Workers, "workers");
        ColumnSelection columns = ColumnSelection.ForModel(dataset, model.Header.Features, null, null, model.Header.Encoded, model.Header.ColumnTypes);
        var source = new TileSource(dataset, columns, model.Header.Scaling, null, RowFilter.None, PredictedRun.BatchSize)
        {
            Rules = model.Header.Rules.ForPrediction(),
        };
        var progress = new ProgressMeter(options.Progress, () => dataset.BytesRead);
        progress.BeginPass("predicting", dataset.RowsToRead);
        KeptColumns kept = await KeptColumns.OpenAsync(dataset, options.Keep, model.Outputs, cancellation).ConfigureAwait(false);
        IReadOnlyList<TableColumn> table = [.. kept.Columns, .. model.Outputs.Select(o => ColumnOf(o, model.Header.Target))];

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        IReadOnlyList<PredictedRun> runs = PredictedRun.Of(dataset, model.Outputs.Count, isKeeping: options.Keep.Count > 0);
        var segments = new Channel<Segment>?[runs.Count];
        int nextRun = -1;
        PredictionMemory memory = PredictionMemory.Fit(source, options.Keep, runs, model.Outputs.Count, options.Workers);
        using IDisposable waiting = dataset.Pool.Reserve(memory.Waiting, "predictions that wait to be written");
        (Prefetcher prefetcher, FetchLane[] lanes) = TileFetches.Open(
            source, [.. runs.Select(r => r.Groups)], memory.Fetch, memory.Workers + RunsAhead, _ => false, stop.Token);
        using Prefetcher ahead = prefetcher;
        ahead.Start();

        // Runs that are begun and not written yet: each has a segment that waits, also where it is of no more than that one.
        using var room = new SemaphoreSlim(memory.Workers + 1);
        Task[] workers = [.. Enumerable.Range(0, memory.Workers).Select(_ => Task.Run(WorkAsync, CancellationToken.None))];
        using var copies = new KeptReader(kept, [.. runs.Select(r => r.Groups[0])], memory.IsKeptAhead, stop.Token);
        try
        {
            long rows = 0;
            TableWriter writer = await TableWriter.CreateAsync(output, table, cancellation: stop.Token).ConfigureAwait(false);
            await using (writer.ConfigureAwait(false))
            {
                for (int r = 0; r < segments.Length; r++)
                {
                    await foreach (Segment segment in SegmentsOf(r).Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
                    {
                        List<TableValues> values = kept.Select(runs[r].Groups[0], await copies.ReadAsync(r).ConfigureAwait(false), segment.Places);
                        for (int c = 0; c < model.Outputs.Count; c++)
                            values.Add(ValuesOf(model.Outputs[c], model.Header.Target, segment.Output(c)));

                        await writer.WriteRowGroupAsync(segment.Places.Length, values, stop.Token).ConfigureAwait(false);
                        rows += segment.Places.Length;
                    }

                    segments[r] = null;
                    room.Release();
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

        // Runs may be many, and a channel takes most of a kilobyte: there is one while a run is begun and not written. Its worker and the writer may both be the first.
        Channel<Segment> SegmentsOf(int r) => LazyInitializer.EnsureInitialized(ref segments[r], () => Channel.CreateBounded<Segment>(1));

        // Each worker predicts whole runs, and is a segment of one, and a run, ahead of the writer.
        async Task WorkAsync()
        {
            while (true)
            {
                // Runs are begun in their order, so the writer's next one is always among those that have room. Who is stopped here is stopped below.
                await room.WaitAsync(stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                int r = Interlocked.Increment(ref nextRun);
                if (r >= segments.Length)
                    return;

                Exception? error = null;
                try
                {
                    await PredictRunAsync(model, source, runs[r], lanes[r], SegmentsOf(r).Writer, progress, stop.Token).ConfigureAwait(false);
                }
                catch (Exception e)
                {
                    // Handed to the writer, which throws it when it comes to this run: the first error in row order wins.
                    error = e;
                }

                SegmentsOf(r).Writer.Complete(error);
                if (error != null)
                    return;
            }
        }
    }

    static async Task PredictRunAsync(
        Model model, TileSource source, PredictedRun run, FetchLane lane, ChannelWriter<Segment> segments, ProgressMeter progress, CancellationToken cancellation)
    {
        int outputs = model.Outputs.Count;
        using var reader = new TileReader(source, run.Groups, cancellation, lane: lane);
        using var tile = new RowBatch(source.Dataset.Pool, source.Shape());
        var scratch = new double[outputs * PredictedRun.BatchSize];
        int room = run.SegmentRows;
        int group = 0;
        long rowsBefore = 0;
        bool isOver = false;
        while (!isOver)
        {
            var values = new double[outputs * room];
            var places = new int[room];
            int filled = 0;
            while (filled + PredictedRun.BatchSize <= room && !isOver)
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
                {
                    long place = tile.RowIndex(i) - run.Groups[group].FirstRow;
                    for (; place >= run.Groups[group].RowCount; place = tile.RowIndex(i) - run.Groups[group].FirstRow)
                        rowsBefore += run.Groups[group++].RowCount;

                    places[filled + i] = (int)(rowsBefore + place);
                }

                filled += tile.RowCount;
                progress.Add(tile.RowCount, null);
            }

            if (filled > 0)
                await segments.WriteAsync(new Segment(places.AsMemory(0, filled), values, room), cancellation).ConfigureAwait(false);
        }
    }

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

    /// <summary>Predictions of some rows of a run.</summary>
    /// <param name="Places">The rows' places in the run, all of whose rows count.</param>
    /// <param name="Values">The outputs, one after another.</param>
    /// <param name="Stride">Values from one output to the next.</param>
    sealed record Segment(ReadOnlyMemory<int> Places, double[] Values, int Stride)
    {
        public ReadOnlyMemory<double> Output(int output) => Values.AsMemory(output * Stride, Places.Length);
    }
}
