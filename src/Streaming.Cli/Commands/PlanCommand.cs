using System.CommandLine;
using Streaming.Cli.Options;
using Streaming.Cli.Output;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Training;
using Streaming.Storage;

namespace Streaming.Cli.Commands;

/// <summary><c>streaming plan fit ESTIMATOR PATH...</c>: says what a run would read and take, without reading the data.</summary>
static class PlanCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        var plan = new CliCommand("plan", "Say what a run would read and how much memory it would take, from the footers alone.");
        var fit = new CliCommand("fit", "Plan the training of a model.")
        {
            Examples = ["streaming plan fit sgd-classifier flights/ --target late --exclude delay,origin,destination --memory 96MB"],
        };
        var options = new FitOptions(savesModel: false);
        var data = new DataOptions();
        var run = new RunOptions();
        var storage = new StorageOptions();
        foreach (Estimator estimator in EstimatorCatalog.All)
            fit.Subcommands.Add(CreateFor(estimator, options, data, run, storage, console));

        plan.Subcommands.Add(fit);
        return plan;
    }

    static CliCommand CreateFor(
        Estimator estimator, FitOptions options, DataOptions data, RunOptions run, StorageOptions storage, CommandConsole console)
    {
        var command = new CliCommand(estimator.Name, estimator.Summary);
        options.AddTo(command);
        data.AddTo(command);
        run.AddTo(command);
        storage.AddTo(command);
        IReadOnlyList<ParameterOption> parameters = ParameterOption.Of(estimator);
        foreach (ParameterOption parameter in parameters)
            command.Options.Add(parameter.Option);

        command.SetAction((parsed, cancellation) =>
        {
            using FileStore store = storage.Open(parsed);
            TrainingOptions training = options.Read(parsed, store);
            Estimator configured = ParameterOption.Configure(estimator.Name, parameters, parsed, training.Init);
            using BufferPool pool = run.OpenPool(parsed);
            DatasetOptions rows = data.Read(parsed, store);
            using Dataset dataset = Dataset.Open(options.Paths(parsed), rows, pool);
            using Dataset? validation = options.Validation(parsed) is { } scored ? Dataset.Open([scored], rows, pool) : null;
            training = training with { Workers = run.Workers(parsed), Validation = validation };
            var report = new PlanReport(estimator.Name, configured.Plan(dataset, training, cancellation));
            if (run.Json(parsed))
                JsonText.Write(console.Out, report.ToJson());
            else
                report.Write(console);

            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
