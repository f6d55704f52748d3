using System.CommandLine;
using System.Globalization;
using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;
using Streaming.Learning.Preprocessing;

namespace Streaming.Cli.Options;

/// <summary>The options of <c>fit</c> that make features of raw columns.</summary>
sealed class PreprocessingOptions
{
    readonly Option<string[]?> oneHot = OptionKinds.List(
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

    readonly Option<string[]?> ordinal = OptionKinds.List(
        "--ordinal",
        "COL,...",
        "Such columns that give one feature: the number of the category in their order, from 0 on; -1 for one that the training rows did not have. A "
        + "missing value stays one.");

    readonly Option<string[]?> hash = OptionKinds.List(
        "--hash",
        "COL:BITS,...",
        "Such columns that give a feature per bucket of 2^BITS that a category of the training rows is hashed into: 1 or -1, as by scikit-learn's "
        + "FeatureHasher.");

    readonly Option<string[]?> dateParts = OptionKinds.List(
        "--date-parts", "COL,...", "Columns of dates or timestamps (UTC) that give year, month, day, hour, minute, weekday (0 is Monday) and day of the year.");

    readonly Option<string[]?> impute = new("--impute")
    {
        HelpName = "mean|median|most_frequent|constant[=V][:COL,...]",
        Description = "Fill missing values of features with the mean, the median or the most frequent value of the training rows, or with a number (0): of all columns, or of those named, in names "
            + "or patterns. May be repeated.",
        Arity = ArgumentArity.OneOrMore,
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

    readonly Option<OutputDistribution?> quantileTransform = OptionKinds.Choice<OutputDistribution>(
        "--quantile-transform", "Learn from columns of numbers made evenly or normally distributed, by the ranks of their values.");

    readonly Option<int?> polynomial = OptionKinds.Count(
        "--polynomial", "Add the products of each two features that are numbers in the data, and their squares. N: the degree, 2.");

    readonly Option<bool> interactionsOnly = new("--interactions-only") { Description = "Leave the squares out." };

    /// <summary>Offers the options.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { oneHot, ordinal, hash, dateParts, impute, polynomial, interactionsOnly, scale, minMax, robust, quantileTransform, minFrequency, maxCategories, handleUnknown })
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
            steps.Add(Hasher(hashed));

        if (parsed.GetValue(dateParts) is { Length: > 0 } dates)
            steps.Add(new DateParts(dates));

        steps.AddRange((parsed.GetValue(impute) ?? []).Select(Imputer));

        if (parsed.GetValue(polynomial) is { } degree)
            steps.Add(new PolynomialFeatures { Degree = degree, InteractionOnly = parsed.GetValue(interactionsOnly) });

        steps.AddRange((parsed.GetValue(scale) ?? []).Select(Scaler));
        if (parsed.GetValue(minMax))
            steps.Add(new MinMaxScaler());

        if (parsed.GetValue(robust))
            steps.Add(new RobustScaler());

        if (parsed.GetValue(quantileTransform) is { } distribution)
            steps.Add(new QuantileTransformer { OutputDistribution = distribution });

        Require(parsed, steps.OfType<PolynomialFeatures>().Any(), "--polynomial", interactionsOnly);
        Require(parsed, steps.OfType<OneHotEncoder>().Any(), "--one-hot", minFrequency, maxCategories);
        Require(parsed, steps.Any(s => s is OneHotEncoder or OrdinalEncoder), "--one-hot or --ordinal", handleUnknown);
        return steps;
    }

    static FeatureHasher Hasher(string text)
    {
        int colon = text.LastIndexOf(':');
        return colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int bits)
            ? new FeatureHasher(bits, text[..colon])
            : throw new ArgumentException($"Option hash: wanted a column and bits such as tail_number:10, found '{text}'.");
    }

    static SimpleImputer Imputer(string text)
    {
        (string how, string[] columns) = WithColumns(text);
        string[] parts = how.Split('=', 2);
        ValueHandling? strategy = parts[0] switch
        {
            "mean" => ValueHandling.Mean,
            "median" => ValueHandling.Median,
            "most_frequent" => ValueHandling.MostFrequent,
            "constant" => ValueHandling.Constant,
            _ => null,
        };

        string? value = parts.Length == 2 ? parts[1] : null;
        if (strategy == null || (value != null && (strategy != ValueHandling.Constant || !IsNumber(value))))
        {
            throw new ArgumentException(
                $"Option impute: wanted mean, median, most_frequent, constant or constant=V with a number V, and columns behind a colon if it is not for all, such as median:age,fare; found '{text}'.");
        }

        return new SimpleImputer
        {
            Strategy = strategy.Value,
            FillValue = value == null ? 0 : double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture),
            Columns = columns,
        };
    }

    static FeatureScaler Scaler(string text)
    {
        (string how, string[] columns) = WithColumns(text);
        return how switch
        {
            "standard" => new StandardScaler { Columns = columns },
            "min-max" => new MinMaxScaler { Columns = columns },
            "robust" => new RobustScaler { Columns = columns },
            _ => throw new ArgumentException(
                $"Option scale: wanted standard, min-max or robust, and columns behind a colon if it is not for all, such as robust:income; found '{text}'."),
        };
    }

    static (string How, string[] Columns) WithColumns(string text)
    {
        string[] parts = text.Split(':', 2);
        return (parts[0], parts.Length == 1 ? [] : parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    static void Require(ParseResult parsed, bool isThere, string wanted, params Option[] options)
    {
        if (!isThere && options.FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false }) is { } alone)
            throw new ArgumentException($"Option {alone.Name.TrimStart('-')}: wanted {wanted} beside it, found none.");
    }
}
