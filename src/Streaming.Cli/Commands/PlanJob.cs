using System.CommandLine;
using Streaming.Cli.Options;
using Streaming.Cli.Output;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Training;
using Streaming.Learning.Training.Planning;
using Streaming.Storage;

namespace Streaming.Cli.Commands;

/// <summary>What <c>plan fit</c> and <c>plan sweep</c> share: opens the data, plans, and tells what was planned.</summary>
/// <param name="options">The options of the run.</param>
/// <param name="console">Where it is told.</param>
sealed class PlanJob(FitOptions options, CommandConsole console)
{
    readonly DataOptions data = new();
    readonly CacheFlags cache = new();
    readonly RunOptions run = new();
    readonly ResultOptions results = new(console);
    readonly StorageOptions storage = new();

    /// <summary>A command for an estimator, with all options but its parameters.</summary>
    public CliCommand CommandFor(Estimator estimator)
    {
        var command = new CliCommand(estimator.Name, estimator.Summary);
        options.AddTo(command);
        data.AddTo(command);
        cache.AddTo(command);
        run.AddTo(command);
        results.AddTo(command);
        storage.AddTo(command);
        return command;
    }

    /// <summary>Plans.</summary>
    /// <param name="estimator">What would learn.</param>
    /// <param name="plan">Plans a run on the data.</param>
    /// <param name="parsed">The command line.</param>
    public Task<int> Run(Estimator estimator, Func<Dataset, TrainingOptions, TrainingPlan> plan, ParseResult parsed)
    {
        using FileStore store = storage.Open(parsed);
        TrainingOptions training = options.Read(parsed, store);
        results.Check(parsed, store, options.Paths(parsed));
        using BufferPool pool = run.OpenPool(parsed);
        DatasetOptions rows = data.Read(parsed, store);
        using Dataset dataset = Dataset.Open(options.Paths(parsed), rows, pool);
        using Dataset? validation = options.Validation(parsed) is { } scored ? Dataset.Open([scored], rows, pool) : null;
        training = training with { Workers = run.Workers(parsed), Validation = validation, Cache = cache.Read(parsed) };
        var report = new PlanReport(estimator.Name, plan(dataset, training));
        results.Tell(parsed, store, report.ToJson, report.Write);
        return Task.FromResult(ExitCode.Done);
    }
}
