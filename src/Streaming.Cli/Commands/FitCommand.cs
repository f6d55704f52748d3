using System.CommandLine;
using Streaming.Cli.Options;
using Streaming.Cli.Output;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Training;
using Streaming.Storage;

namespace Streaming.Cli.Commands;

/// <summary><c>streaming fit ESTIMATOR PATH... --model FILE</c>: trains a model. One subcommand per estimator of the catalog.</summary>
static class FitCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        var fit = new CliCommand("fit", "Train a model.")
        {
            Examples = ["streaming fit sgd-classifier flights/ --target late --exclude delay,origin,destination --standardize --holdout 0.2 --model late.model"],
        };
        var options = new FitOptions(savesModel: true);
        var data = new DataOptions();
        var checkpoints = new CheckpointFlags();
        var run = new RunOptions();
        var storage = new StorageOptions();
        foreach (Estimator estimator in EstimatorCatalog.All)
            fit.Subcommands.Add(CreateFor(estimator, options, data, checkpoints, run, storage, console));

        return fit;
    }

    static CliCommand CreateFor(
        Estimator estimator,
        FitOptions options,
        DataOptions data,
        CheckpointFlags checkpoints,
        RunOptions run,
        StorageOptions storage,
        CommandConsole console)
    {
        string target = estimator.TargetKind == TargetKind.None ? "" : "--target COL ";
        var command = new CliCommand(estimator.Name, estimator.Summary)
        {
            Examples = [$"streaming fit {estimator.Name} data/ {target}--standardize --model my.model"],
        };
        options.AddTo(command);
        data.AddTo(command);
        checkpoints.AddTo(command);
        run.AddTo(command);
        storage.AddTo(command);
        IReadOnlyList<ParameterOption> parameters = ParameterOption.Of(estimator);
        foreach (ParameterOption parameter in parameters)
            command.Options.Add(parameter.Option);

        command.SetAction(async (parsed, cancellation) =>
        {
            using FileStore store = storage.Open(parsed);
            TrainingOptions training = options.Read(parsed, store);
            Estimator configured = ParameterOption.Configure(estimator.Name, parameters, parsed, training.Init);
            FitReport report = await RunAsync(configured, training, options, data, checkpoints, run, store, parsed, console, cancellation).ConfigureAwait(false);
            if (run.Json(parsed))
                JsonText.Write(console.Out, report.ToJson());
            else
                report.Write(console);

            return ExitCode.Done;
        });
        return command;
    }

    static async Task<FitReport> RunAsync(
        Estimator estimator,
        TrainingOptions training,
        FitOptions options,
        DataOptions data,
        CheckpointFlags checkpoints,
        RunOptions run,
        FileStore store,
        ParseResult parsed,
        CommandConsole console,
        CancellationToken cancellation)
    {
        string path = options.Model(parsed);
        CheckpointOptions? checkpoint = checkpoints.Read(parsed, store, console);
        OutputFile.CheckWritable(path, store);
        using BufferPool pool = run.OpenPool(parsed);
        HeapLimit.Set(pool.Limit);
        DatasetOptions rows = data.Read(parsed, store);
        using Dataset dataset = Dataset.Open(options.Paths(parsed), rows, pool);
        using Dataset? validation = options.Validation(parsed) is { } scored ? Dataset.Open([scored], rows, pool) : null;
        OutputFile.RefuseInputs(path, "model", [.. OutputFile.NamesOf(dataset), .. OutputFile.NamesOf(validation)]);

        training = training with { Workers = run.Workers(parsed), Validation = validation, Checkpoint = checkpoint };
        FitResult result = await FitAsync(estimator, dataset, training, parsed, console, cancellation).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        Save(result.Model, path, store);
        checkpoint?.Remove();
        return new FitReport(result, path, store, [dataset, validation]);
    }

    static async Task<FitResult> FitAsync(
        Estimator estimator, Dataset dataset, TrainingOptions training, ParseResult parsed, CommandConsole console, CancellationToken cancellation)
    {
        try
        {
            using var progress = new ProgressDisplay(console);
            return await estimator.FitAsync(dataset, training with { Progress = progress }, cancellation).ConfigureAwait(false);
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
