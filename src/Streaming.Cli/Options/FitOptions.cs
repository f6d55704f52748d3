using System.CommandLine;
using Streaming.Cli.Commands;
using Streaming.Learning.Data;
using Streaming.Learning.Models;
using Streaming.Learning.Training;
using Streaming.Storage;

namespace Streaming.Cli.Options;

/// <summary>What <c>fit</c> takes for every estimator. Defaults are those of <see cref="TrainingOptions"/>.</summary>
sealed class FitOptions
{
    static readonly TrainingOptions Defaults = new();

    readonly Argument<string[]> paths = OptionKinds.Paths();
    readonly Option<string?> model = OptionKinds.Word("--model", "FILE", "Where to save the model.");
    readonly Option<string?> target = OptionKinds.Word("--target", "COL", "Column to learn: classes (whole numbers, booleans, strings) or a number.");
    readonly Option<string[]?> features = OptionKinds.Columns(
        "--features", "PAT,...", "Feature columns: names or patterns (*, ?); a list of numbers gives a feature per element. A name with a comma stands in double quotes, here and in all lists of columns. [default: all but target and weight]");

    readonly Option<string[]?> exclude = OptionKinds.Columns("--exclude", "PAT,...", "Columns that are no features: names or patterns; a name with a comma in double quotes.");
    readonly Option<string?> weight = OptionKinds.Word("--weight", "COL", "Column with a weight per row. [default: each row weighs 1]");
    readonly PreprocessingOptions preprocessing = new();
    readonly Option<bool> standardize = new("--standardize")
    {
        Description = "Learn from features scaled to mean 0 and deviation 1; the scaling becomes part of the model.",
    };

    readonly Option<ValueHandling?> onMissing = OptionKinds.Choice<ValueHandling>(
        "--on-missing",
        "What to do about missing values (null, NaN): end the run, leave the row out, or fill features with the mean or median of their finite values in "
        + "the training rows, or with 0; the filling becomes part of the model. [default: error]",
        ValueHandling.MostFrequent);

    readonly Option<ValueHandling?> onInfinite = OptionKinds.Choice<ValueHandling>(
        "--on-infinite", "What to do about infinite values likewise. [default: error]", ValueHandling.MostFrequent);

    readonly Option<int?> epochs = OptionKinds.Count("--epochs", $"Passes of the training loop, where there is one. [default: {Defaults.Epochs}]");
    readonly Option<int?> batchSize = OptionKinds.Count("--batch-size", $"Most rows per tile. [default: {Defaults.BatchSize}]");
    readonly Option<long?> seed = OptionKinds.Whole("--seed", $"Seed of all randomness. [default: {Defaults.Seed}]");
    readonly Option<int?> partitions = OptionKinds.Count(
        "--partitions", $"Partitions that the row groups are dealt to; the result depends on it. [default: {Defaults.Partitions}, at most one per row group]");

    readonly Option<string?> validation = OptionKinds.Word("--validation", "PATH", "Score the model on these files.");
    readonly Option<double?> holdout = OptionKinds.Fraction(
        "--holdout", "Keep back this share of the rows and score the model on them; after each epoch, where there are epochs.");

    readonly Option<bool> earlyStopping = new("--early-stopping")
    {
        Description = "Stop when epochs no longer lower the error on the held-out or validation rows, and keep the model of the best epoch.",
    };

    readonly Option<int?> patience = OptionKinds.Count(
        "--patience", $"Epochs in a row without improvement after which early stopping stops. [default: {Defaults.Patience}]");

    readonly Option<double?> minImprovement = OptionKinds.Fraction(
        "--min-improvement", $"Share of the lowest error by which an epoch must lower it to count as an improvement. [default: {Defaults.MinImprovement}]");


    readonly Option<string?> init = OptionKinds.Word(
        "--init",
        "MODEL",
        "Go on from a finished model, as if these rows came after its own; parameters, features, target and --standardize that are not given are the model's.");

    readonly Option<bool> saveState = new("--save-state")
    {
        Description = "Keep in the model what --init needs to go on from it, even where that is larger than 16 MiB.",
    };

    readonly bool isSweep;

    /// <summary>Creates the options.</summary>
    /// <param name="savesModel">Whether the command saves a model in any case, so that it must know where to.</param>
    /// <param name="isSweep">Whether epochs are among the parameters to try; such a run goes on from no model.</param>
    public FitOptions(bool savesModel, bool isSweep = false) => (model.Required, this.isSweep) = (savesModel, isSweep);

    /// <summary>Offers the options.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(paths);
        foreach (Option option in new Option[]
            { model, target, features, exclude, weight, standardize, onMissing, onInfinite, epochs, batchSize, seed, partitions, validation, holdout, earlyStopping, patience, minImprovement, init, saveState })
        {
            if (!isSweep || (option != epochs && option != init))
                command.Options.Add(option);
        }

        preprocessing.AddTo(command);
    }

    /// <summary>The data.</summary>
    public string[] Paths(ParseResult parsed) => parsed.GetRequiredValue(paths);

    /// <summary>Where to save the model, or null.</summary>
    public string? Model(ParseResult parsed) => parsed.GetValue(model);

    /// <summary>The data to score on, or null.</summary>
    public string? Validation(ParseResult parsed) => parsed.GetValue(validation);

    /// <summary>How to train, but for what belongs to the run: workers, progress and the opened validation data.</summary>
    /// <exception cref="ArgumentException">Both a holdout and validation data are given.</exception>
    /// <exception cref="IOException">The model to go on from can't be read.</exception>
    public TrainingOptions Read(ParseResult parsed, FileStore store)
    {
        if (parsed.GetValue(holdout) > 0 && Validation(parsed) != null)
            throw new ArgumentException("Options holdout and validation exclude each other: give one of them.");

        Model? earlier = parsed.GetValue(init) is { } path ? SavedModel.Load(path, store) : null;
        return Defaults with
        {
            Target = parsed.GetValue(target) ?? earlier?.Header.Target?.Name,
            Features = parsed.GetValue(features) ?? [],
            Exclude = parsed.GetValue(exclude) ?? [],
            Preprocessing = preprocessing.Read(parsed),
            Weight = parsed.GetValue(weight),
            Standardize = parsed.GetValue(standardize) || earlier?.Header.Summary.Standardized == true,
            OnMissing = parsed.GetValue(onMissing) ?? earlier?.Header.Rules.OnMissing ?? Defaults.OnMissing,
            OnInfinite = parsed.GetValue(onInfinite) ?? earlier?.Header.Rules.OnInfinite ?? Defaults.OnInfinite,
            Epochs = parsed.GetValue(epochs) ?? Defaults.Epochs,
            BatchSize = parsed.GetValue(batchSize) ?? Defaults.BatchSize,
            Seed = parsed.GetValue(seed) ?? Defaults.Seed,
            Partitions = parsed.GetValue(partitions) ?? Defaults.Partitions,
            EarlyStopping = parsed.GetValue(earlyStopping),
            Patience = parsed.GetValue(patience) ?? Defaults.Patience,
            MinImprovement = parsed.GetValue(minImprovement) ?? Defaults.MinImprovement,
            HoldoutFraction = parsed.GetValue(holdout) ?? Defaults.HoldoutFraction,
            Init = earlier,
            SaveState = parsed.GetValue(saveState),
        };
    }
}
