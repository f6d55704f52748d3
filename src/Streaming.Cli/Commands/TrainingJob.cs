using System.CommandLine;
using Streaming.Cli.Options;
using Streaming.Cli.Output;
using Streaming.Learning.Data;
using Streaming.Learning.Models;
using Streaming.Learning.Training;
using Streaming.Storage;

namespace Streaming.Cli.Commands;

/// <summary>What commands that train have in common: opens the data, trains, saves the model and tells.</summary>
/// <param name="options">How to train.</param>
/// <param name="console">Where to write.</param>
sealed class TrainingJob(FitOptions options, CommandConsole console)
{
    readonly DataOptions data = new();
    readonly CheckpointFlags checkpoints = new();
    readonly CacheFlags cache = new();
    readonly RunOptions run = new();
    readonly ResultOptions results = new(console);
    readonly StorageOptions storage = new();

    /// <summary>Offers the options.</summary>
    public void AddTo(Command command)
    {
        options.AddTo(command);
        data.AddTo(command);
        checkpoints.AddTo(command);
        cache.AddTo(command);
        run.AddTo(command);
        results.AddTo(command);
        storage.AddTo(command);
    }

    /// <summary>Trains.</summary>
    /// <param name="learners">What learns, where training is as the user has it.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="cancellation">Ends it early.</param>
    public async Task<int> RunAsync(Func<TrainingOptions, Sweep> learners, ParseResult parsed, CancellationToken cancellation)
    {
        using FileStore store = storage.Open(parsed);
        TrainingOptions training = options.Read(parsed, store);
        Sweep sweep = learners(training);
        string? path = options.Model(parsed);
        CheckpointOptions? checkpoint = checkpoints.Read(parsed, store);
        CacheOptions? kept = cache.Read(parsed);
        OutputFile.RefuseShared(("model", path), ("checkpoint", checkpoint?.Folder), ("cache", kept?.Folder), ("report", results.Report(parsed)));
        if (path != null)
            OutputFile.CheckWritable(path, store);

        results.Check(parsed, store, options.Paths(parsed));
        using BufferPool pool = run.OpenPool(parsed);
        HeapLimit.Set(pool.Limit);
        DatasetOptions rows = data.Read(parsed, store);
        using Dataset dataset = Dataset.Open(options.Paths(parsed), rows, pool);
        using Dataset? validation = options.Validation(parsed) is { } scored ? Dataset.Open([scored], rows, pool) : null;
        if (path != null)
            OutputFile.RefuseOthers(path, "model", [.. OutputFile.NamesOf(dataset), .. OutputFile.NamesOf(validation)]);

        training = training with
        {
            Epochs = sweep.Candidates.Max(c => c.Epochs ?? training.Epochs),
            Workers = run.Workers(parsed),
            Validation = validation,
            Checkpoint = checkpoint,
            Cache = kept,
        };
        FitResult result = await FitAsync(sweep, dataset, training, parsed, cancellation).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        if (path != null)
            Save(result.Model, path, store);

        checkpoint?.Remove();
        var report = new FitReport(result, path, store, [dataset, validation]);
        results.Tell(parsed, store, report.ToJson, report.Write);
        return ExitCode.Done;
    }

    async Task<FitResult> FitAsync(Sweep sweep, Dataset dataset, TrainingOptions training, ParseResult parsed, CancellationToken cancellation)
    {
        try
        {
            using var progress = new ProgressDisplay(console);
            return await sweep.FitAsync(dataset, training with { Progress = progress, Notices = progress }, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (training.Checkpoint is { HasCheckpoint: true })
        {
            IEnumerable<string> words = parsed.Tokens.Select(t => t.Value).Where(w => w != "--resume");
            console.Error.WriteLine($"stopped at a checkpoint; to go on: {ShellText.Of(["streaming", .. words, "--resume"])}");
            throw;
        }
    }

    static void Save(Model model, string path, FileStore store)
    {
        try
        {
            ModelFile.Save(model, path, store);
        }
        catch (IOException e)
        {
            throw new IOException($"The model can't be saved as '{path}': {e.Message}", e);
        }
    }
}
