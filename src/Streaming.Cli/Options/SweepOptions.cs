using System.CommandLine;
using Streaming.Learning.Estimators;
using Streaming.Learning.Training;

namespace Streaming.Cli.Options;

/// <summary>What a sweep tries, and when it drops candidates.</summary>
sealed class SweepOptions
{
    readonly Option<int?> dropAfter = OptionKinds.Count("--drop-after", "Drop the poorer candidates after every N epochs. [default: never]");
    readonly Option<double?> keep = OptionKinds.Fraction("--keep", "Share of the candidates still learning that is then kept, rounded up. [default: 0.5]");

    /// <summary>Adds them to the command of an estimator.</summary>
    /// <returns>The estimator's parameters, for <see cref="Read"/>.</returns>
    public IReadOnlyList<GridOption> AddTo(Command command, Estimator estimator)
    {
        command.Options.Add(dropAfter);
        command.Options.Add(keep);
        IReadOnlyList<GridOption> grid = GridOption.Of(estimator);
        foreach (GridOption parameter in grid)
            parameter.AddTo(command);

        return grid;
    }

    /// <summary>The sweep that was asked for.</summary>
    /// <exception cref="ArgumentException">There is only one setting, a value is none of its parameter, or nothing is dropped that some could be kept of.</exception>
    public Sweep Read(Estimator estimator, IReadOnlyList<GridOption> grid, ParseResult parsed)
    {
        if (parsed.GetValue(keep) != null && parsed.GetValue(dropAfter) == null)
            throw new ArgumentException("Option --keep says how many candidates stay each time that others are dropped: give --drop-after N as well, or leave it out.");

        IReadOnlyList<SweepCandidate> candidates =
            ParameterGrid.Of(() => EstimatorCatalog.Create(estimator.Name), [.. grid.Select(g => g.Read(parsed)).Where(g => g.Value.Count > 0)]);
        string example = EstimatorParameters.Of(estimator.GetType())[0].KebabName;
        return candidates.Count > 1
            ? new Sweep(candidates) { DropAfter = parsed.GetValue(dropAfter), Keep = parsed.GetValue(keep) ?? 0.5 }
            : throw new ArgumentException($"Wanted several values of a parameter, such as --{example} A,B; found one setting, which is for fit.");
    }
}
