using System.CommandLine;
using Streaming.Learning.Estimators;
using Streaming.Learning.Training;

namespace Streaming.Cli.Options;

/// <summary>An option that lists the values of a parameter that a sweep tries.</summary>
sealed class GridOption
{
    readonly string parameter;
    readonly Option<string[]?> option;

    GridOption(string parameter, string name, string helpName, string description, bool splits)
    {
        this.parameter = parameter;
        option = new Option<string[]?>(name) { HelpName = helpName, Description = description, Arity = ArgumentArity.OneOrMore };
        if (splits)
            option.CustomParser = result => [.. result.Tokens.SelectMany(t => t.Value.Split(',', StringSplitOptions.TrimEntries))];
    }

    /// <summary>An option per parameter of an estimator, and one for epochs.</summary>
    /// <param name="defaults">One with default parameters.</param>
    public static IReadOnlyList<GridOption> Of(Estimator defaults) =>
    [
        .. EstimatorParameters.Of(defaults.GetType()).Select(p => Of(p, p.Format(defaults))),
        new GridOption(ParameterGrid.Epochs, "--epochs", "N,...", $"Passes of the training loop, where there is one. [default: {new TrainingOptions().Epochs}]", splits: true),
    ];

    /// <summary>Offers the option.</summary>
    public void AddTo(Command command) => command.Options.Add(option);

    /// <summary>The parameter and the values to try, as they were written: also an empty one, between two commas, which is none. No values where the user gave no option.</summary>
    public KeyValuePair<string, IReadOnlyList<string>> Read(ParseResult parsed) => new(parameter, parsed.GetValue(option) ?? []);

    // Several values that hold commas themselves are given by repeating the option.
    static GridOption Of(EstimatorParameter parameter, string defaultValue)
    {
        bool splits = !parameter.HoldsCommas;
        string description = $"{parameter.Description} [default: {defaultValue}]";
        return new(parameter.SnakeName, "--" + parameter.KebabName, parameter.Type == typeof(bool) ? "true,false" : splits ? "VALUE,..." : "VALUE", description, splits);
    }
}
