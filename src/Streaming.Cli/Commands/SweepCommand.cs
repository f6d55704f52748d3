using System.CommandLine;
using Streaming.Cli.Options;
using Streaming.Cli.Output;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;

namespace Streaming.Cli.Commands;

/// <summary><c>streaming sweep ESTIMATOR PATH...</c>: trains a model per combination of listed parameters, all from one reading of the data.</summary>
static class SweepCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        var sweep = new CliCommand("sweep", "Try many settings at once: the data are read once for all of them.")
        {
            Examples =
            [
                "streaming sweep sgd-classifier flights/ --target late --exclude delay,origin,destination --alpha 1e-7,1e-5,1e-3 --epochs 1,3 --holdout 0.2 --model late.model",
                "streaming sweep mini-batch-kmeans flights/ --features distance,minute_of_day --standardize --n-clusters 2,4,8,16 --holdout 0.2",
            ],
        };
        var job = new TrainingJob(new FitOptions(savesModel: false, isSweep: true), console);
        var options = new SweepOptions();
        foreach (Estimator estimator in EstimatorCatalog.All)
            sweep.Subcommands.Add(CreateFor(estimator, job, options));

        return sweep;
    }

    static CliCommand CreateFor(Estimator estimator, TrainingJob job, SweepOptions options)
    {
        string target = estimator.TargetKind == TargetKind.None ? "" : "--target COL ";
        var command = new CliCommand(estimator.Name, $"{estimator.Summary} Several values of a parameter, with commas between them, are tried in all combinations.")
        {
            Examples = [$"streaming sweep {estimator.Name} data/ {target}--standardize --holdout 0.2 --model best.model"],
        };
        job.AddTo(command);
        IReadOnlyList<GridOption> grid = options.AddTo(command, estimator);
        command.SetAction((parsed, cancellation) => job.RunAsync(_ => options.Read(estimator, grid, parsed), parsed, cancellation));
        return command;
    }
}
