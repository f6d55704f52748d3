using System.CommandLine;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;

namespace Streaming.Cli.Options;

/// <summary>An option that sets a parameter of an estimator; name, meaning, values and default come from the estimator itself.</summary>
sealed class ParameterOption
{
    readonly EstimatorParameter parameter;

    ParameterOption(EstimatorParameter parameter, string defaultValue)
    {
        this.parameter = parameter;
        string name = "--" + parameter.KebabName;
        string description = $"{parameter.Description} [default: {defaultValue}]";
        Type type = Nullable.GetUnderlyingType(parameter.Type) ?? parameter.Type;

        // A flag takes its value only if it is one, so that '--flag PATH' reads as a flag and a path.
        Option = type == typeof(bool)
            ? new Option<bool>(name) { HelpName = "true|false", Description = description }
            : new Option<string>(name) { HelpName = HelpNameOf(type), Description = description };
        if (parameter.AllowedValues.Count > 0)
            Option.CompletionSources.Add(_ => parameter.AllowedValues.Select(v => new System.CommandLine.Completions.CompletionItem(v)));
    }

    /// <summary>The option.</summary>
    public Option Option { get; }

    /// <summary>The options of an estimator, in the order in which it declares its parameters.</summary>
    /// <param name="defaults">One with default parameters.</param>
    public static IReadOnlyList<ParameterOption> Of(Estimator defaults) =>
        [.. EstimatorParameters.Of(defaults.GetType()).Select(p => new ParameterOption(p, p.Format(defaults)))];

    /// <summary>An estimator as the user wants it; what is not given is as in the model to go on from, or the default.</summary>
    /// <exception cref="ArgumentException">What the user gave is no value of the parameter.</exception>
    public static Estimator Configure(string estimator, IReadOnlyList<ParameterOption> options, ParseResult parsed, Model? init)
    {
        // The estimator of the catalog keeps its defaults; the run gets one of its own.
        Estimator configured = EstimatorCatalog.Create(estimator);
        if (init?.Header.Estimator == estimator)
            EstimatorParameters.SetAll(configured, init.Header.Parameters);

        foreach (ParameterOption option in options)
            option.Apply(parsed, configured);

        return configured;
    }

    // Sets the parameter, if the user gave it.
    void Apply(ParseResult parsed, Estimator estimator)
    {
        if (parsed.GetResult(Option) is not { Implicit: false })
            return;

        string text = Option is Option<bool> flag ? (parsed.GetValue(flag) ? "true" : "false") : parsed.GetRequiredValue((Option<string>)Option);
        if (parameter.AllowedValues.Count > 0 && !parameter.AllowedValues.Contains(text))
            throw new ArgumentException($"Parameter {parameter.KebabName}: wanted one of {string.Join(", ", parameter.AllowedValues)}, found '{text}'.");

        parameter.Set(estimator, text);
    }

    string HelpNameOf(Type type) =>
        parameter.AllowedValues.Count > 0 ? string.Join('|', parameter.AllowedValues)
        : type == typeof(int) || type == typeof(long) ? "N"
        : type == typeof(double) || type == typeof(float) ? "NUMBER"
        : type == typeof(NumberList) ? "NUMBER,..."
        : type == typeof(ComponentCount) ? "N|SHARE|mle"
        : "VALUE";
}
