using System.CommandLine;
using System.Globalization;
using Streaming.Learning.Data.Encodings;
using Streaming.Learning.Preprocessing;

namespace Streaming.Cli.Options;

/// <summary>The options of <c>fit</c> that make features of raw columns.</summary>
sealed class PreprocessingOptions
{
    readonly Option<string[]?> oneHot = OptionKinds.Columns(
        "--one-hot",
        "COL,...",
        "Columns of strings, numbers or booleans that give a feature per category, 1 or 0; a missing value is a category. Names or patterns. "
        + "The categories are found in a pass over the training rows.");

    readonly Option<double?> minFrequency = new("--min-frequency")
    {
        HelpName = "N|SHARE",
        Description = "Categories of fewer rows - a number from 1 on, or a share of the rows below 1 - are one feature together. [default: none]",
        CustomParser = result =>
        {
            string text = result.Tokens.Single().Value;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
                return value;

            result.AddError($"Option min-frequency: wanted a whole number of rows, or a share of them between 0 and 1, found '{text}'.");
            return null;
        },
    };

    readonly Option<int?> maxCategories = OptionKinds.Count(
        "--max-categories", "Most features of a column, at least 2: the categories of the fewest rows are one together. [default: no limit]");

    readonly Option<HandleUnknown?> handleUnknown = OptionKinds.Choice<HandleUnknown>(
        "--handle-unknown",
        "What to do about categories that the training rows did not have: all features 0, count as infrequent where there are such, or end the run. "
        + "[default: ignore]");

    readonly Option<string[]?> ordinal = OptionKinds.Columns(
        "--ordinal",
        "COL,...",
        "Such columns that give one feature: the number of the category in their order, from 0 on; -1 for one that the training rows did not have. A "
        + "missing value stays one.");

    readonly Option<string[]?> hash = OptionKinds.Columns(
        "--hash",
        "COL:BITS,...",
        "Such columns that give a feature per bucket of 2^BITS that a category of the training rows is hashed into: 1 or -1, as by scikit-learn's "
        + "FeatureHasher.");

    readonly Option<string[]?> dateParts = OptionKinds.Columns(
        "--date-parts", "COL,...", "Columns of dates or timestamps (UTC) that give year, month, day, hour, minute, weekday (0 is Monday) and day of the year.");

    readonly Option<string[]?> impute = new("--impute")
    {
        HelpName = "mean|median|most_frequent|constant[=V][:COL,...]",
        Description = "Fill missing values of features with the mean, the median or the most frequent value of the training rows, or with a number (0): of all columns, or of those named, in names "
            + "or patterns. Columns of --one-hot, --ordinal and --hash that are named are filled with a category, the most frequent one or V (missing_value). May be repeated.",
        Arity = ArgumentArity.OneOrMore,
    };

    readonly Option<bool> addIndicator = new("--add-indicator")
    {
        Description = "Add a feature missingindicator_COL, 1 where a value is missing and else 0, for each column that --impute fills and that has missing values in the training rows.",
    };

    readonly Option<string[]?> scale = new("--scale")
    {
        HelpName = "standard|min-max|robust[:COL,...]",
        Description = "Scale features as --standardize, --min-max and --robust do: of the columns named, in names or patterns, or of all that no other names. May be repeated.",
        Arity = ArgumentArity.OneOrMore,
    };

    readonly Option<bool> minMax = new("--min-max")
    {
        Description = "Learn from features scaled so that their smallest value is 0 and their largest 1; the scaling becomes part of the model.",
    };

    readonly Option<bool> robust = new("--robust")
    {
        Description = "Learn from features less their median and divided by the distance of their quartiles, which extreme values do not move.",
    };

    readonly Option<string[]?> quantileTransform = new("--quantile-transform")
    {
        HelpName = "uniform|normal[:COL,...]",
        Description = "Learn from columns of numbers made evenly or normally distributed, by the ranks of their values: of the columns named, in names or patterns, or of all that no other names. May be "
            + "repeated.",
        Arity = ArgumentArity.OneOrMore,
    };

    readonly Option<string[]?> polynomial = new("--polynomial")
    {
        HelpName = "2[:COL,...]",
        Description = "Add the products of each two features that are numbers in the data, and their squares; 2 is the degree. Of the columns named, in names or patterns, or of all that no other names. "
            + "May be repeated.",
        Arity = ArgumentArity.OneOrMore,
    };

    readonly Option<bool> interactionsOnly = new("--interactions-only") { Description = "Leave the squares out." };

    /// <summary>Offers the options.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { oneHot, ordinal, hash, dateParts, impute, addIndicator, polynomial, interactionsOnly, scale, minMax, robust, quantileTransform, minFrequency, maxCategories, handleUnknown })
            command.Options.Add(option);
    }

    /// <summary>The steps.</summary>
    /// <exception cref="ArgumentException">An option is given that wants another.</exception>
    public IReadOnlyList<Transformer> Read(ParseResult parsed)
    {
        var steps = new List<Transformer>();
        if (parsed.GetValue(oneHot) is { Length: > 0 } columns)
        {
            steps.Add(new OneHotEncoder(columns)
            {
                MinFrequency = parsed.GetValue(minFrequency),
                MaxCategories = parsed.GetValue(maxCategories),
                HandleUnknown = parsed.GetValue(handleUnknown) ?? HandleUnknown.Ignore,
            });
        }

        if (parsed.GetValue(ordinal) is { Length: > 0 } ordered)
        {
            bool refuses = parsed.GetValue(handleUnknown) == HandleUnknown.Error;
            steps.Add(refuses ? new OrdinalEncoder(ordered) { UnknownValue = null } : new OrdinalEncoder(ordered));
        }

        foreach (string hashed in parsed.GetValue(hash) ?? [])
            steps.Add(StepTexts.Hasher(hashed));

        if (parsed.GetValue(dateParts) is { Length: > 0 } dates)
            steps.Add(new DateParts(dates));

        steps.AddRange((parsed.GetValue(impute) ?? []).Select(text => StepTexts.Imputer(text, parsed.GetValue(addIndicator))));
        steps.AddRange((parsed.GetValue(polynomial) ?? []).Select(text => StepTexts.Polynomial(text, parsed.GetValue(interactionsOnly))));

        steps.AddRange((parsed.GetValue(scale) ?? []).Select(StepTexts.Scaler));
        if (parsed.GetValue(minMax))
            steps.Add(new MinMaxScaler());

        if (parsed.GetValue(robust))
            steps.Add(new RobustScaler());

        steps.AddRange((parsed.GetValue(quantileTransform) ?? []).Select(StepTexts.Distributor));
        Require(parsed, steps.OfType<SimpleImputer>().Any(), "--impute", addIndicator);
        Require(parsed, steps.OfType<PolynomialFeatures>().Any(), "--polynomial", interactionsOnly);
        Require(parsed, steps.OfType<OneHotEncoder>().Any(), "--one-hot", minFrequency, maxCategories);
        Require(parsed, steps.Any(s => s is OneHotEncoder or OrdinalEncoder), "--one-hot or --ordinal", handleUnknown);
        return steps;
    }

    static void Require(ParseResult parsed, bool isThere, string wanted, params Option[] options)
    {
        if (!isThere && options.FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false }) is { } alone)
            throw new ArgumentException($"Option {alone.Name.TrimStart('-')}: wanted {wanted} beside it, found none.");
    }
}
