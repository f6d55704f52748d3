using System.CommandLine;
using Streaming.Cli.Options;
using Streaming.Cli.Output;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Training;

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
        var job = new TrainingJob(new FitOptions(savesModel: true), console);
        foreach (Estimator estimator in EstimatorCatalog.All)
            fit.Subcommands.Add(CreateFor(estimator, job));

        return fit;
    }

    static CliCommand CreateFor(Estimator estimator, TrainingJob job)
    {
        string target = estimator.TargetKind == TargetKind.None ? "" : "--target COL ";
        var command = new CliCommand(estimator.Name, estimator.Summary)
        {
            Examples = [$"streaming fit {estimator.Name} data/ {target}--standardize --model my.model"],
        };
        job.AddTo(command);
        IReadOnlyList<ParameterOption> parameters = ParameterOption.Of(estimator);
        foreach (ParameterOption parameter in parameters)
            command.Options.Add(parameter.Option);

        command.SetAction((parsed, cancellation) => job.RunAsync(
            training => new Sweep([new SweepCandidate("", ParameterOption.Configure(estimator.Name, parameters, parsed, training.Init))]),
            parsed,
            cancellation));
        return command;
    }
}
