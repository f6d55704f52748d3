using System.CommandLine;
using Streaming.Cli.Options;
using Streaming.Cli.Output;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Training;

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
        Option<int?> dropAfter = OptionKinds.Count("--drop-after", "Drop the poorer candidates after every N epochs. [default: never]");
        Option<double?> keep = OptionKinds.Fraction("--keep", "Share of the candidates still learning that is then kept, rounded up. [default: 0.5]");
        foreach (Estimator estimator in EstimatorCatalog.All)
            sweep.Subcommands.Add(CreateFor(estimator, job, dropAfter, keep));

        return sweep;
    }

    static CliCommand CreateFor(Estimator estimator, TrainingJob job, Option<int?> dropAfter, Option<double?> keep)
    {
        string target = estimator.TargetKind == TargetKind.None ? "" : "--target COL ";
        var command = new CliCommand(estimator.Name, $"{estimator.Summary} Several values of a parameter, with commas between them, are tried in all combinations.")
        {
            Examples = [$"streaming sweep {estimator.Name} data/ {target}--standardize --holdout 0.2 --model best.model"],
        };
        job.AddTo(command);
        command.Options.Add(dropAfter);
        command.Options.Add(keep);
        IReadOnlyList<GridOption> grid = GridOption.Of(estimator);
        foreach (GridOption parameter in grid)
            parameter.AddTo(command);

        command.SetAction((parsed, cancellation) => job.RunAsync(
            _ => new Sweep(Candidates(estimator, grid, parsed)) { DropAfter = parsed.GetValue(dropAfter), Keep = parsed.GetValue(keep) ?? 0.5 }, parsed, cancellation));
        return command;
    }

    static IReadOnlyList<SweepCandidate> Candidates(Estimator estimator, IReadOnlyList<GridOption> grid, ParseResult parsed)
    {
        IReadOnlyList<SweepCandidate> candidates =
            ParameterGrid.Of(() => EstimatorCatalog.Create(estimator.Name), [.. grid.Select(g => g.Read(parsed)).Where(g => g.Value.Count > 0)]);
        string example = EstimatorParameters.Of(estimator.GetType())[0].KebabName;
        return candidates.Count > 1
            ? candidates
            : throw new ArgumentException($"Wanted several values of a parameter, such as --{example} A,B; found one setting, which is for fit.");
    }
}
