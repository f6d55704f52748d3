using System.Globalization;
using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;
using Streaming.Learning.Preprocessing;

namespace Streaming.Cli.Options;

/// <summary>Steps as the command line has them: how, and behind a colon the columns, <c>median:age,fare</c>.</summary>
static class StepTexts
{
    /// <summary>A column and bits.</summary>
    /// <exception cref="ArgumentException">The text is none.</exception>
    public static FeatureHasher Hasher(string text)
    {
        int colon = text.LastIndexOf(':');
        return colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int bits)
            ? new FeatureHasher(bits, text[..colon])
            : throw new ArgumentException($"Option hash: wanted a column and bits such as tail_number:10, found '{text}'.");
    }

    /// <summary>What fills missing values.</summary>
    /// <exception cref="ArgumentException">The text is none.</exception>
    public static SimpleImputer Imputer(string text, bool addsIndicator)
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
        bool isNumber = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number);
        if (strategy == null || (value != null && (strategy != ValueHandling.Constant || (!isNumber && columns.Length == 0))))
        {
            throw new ArgumentException(
                "Option impute: wanted mean, median, most_frequent, constant or constant=V - a number, or of columns of categories a text -, and columns behind a colon if it is not for all, such as "
                + $"median:age,fare or constant=unknown:city; found '{text}'.");
        }

        return new SimpleImputer
        {
            Strategy = strategy.Value,
            FillValue = isNumber ? number : 0,
            FillCategory = columns.Length > 0 ? value : null,
            AddIndicator = addsIndicator,
            Columns = columns,
        };
    }

    /// <summary>What multiplies.</summary>
    /// <exception cref="ArgumentException">The text is none.</exception>
    public static PolynomialFeatures Polynomial(string text, bool isInteractionOnly)
    {
        (string degree, string[] columns) = WithColumns(text);
        return int.TryParse(degree, NumberStyles.None, CultureInfo.InvariantCulture, out int found)
            ? new PolynomialFeatures { Degree = found, InteractionOnly = isInteractionOnly, Columns = columns }
            : throw new ArgumentException($"Option polynomial: wanted the degree 2, and columns behind a colon if it is not for all, such as 2:width,height; found '{text}'.");
    }

    /// <summary>What distributes.</summary>
    /// <exception cref="ArgumentException">The text is none.</exception>
    public static QuantileTransformer Distributor(string text)
    {
        (string how, string[] columns) = WithColumns(text);
        return how is "uniform" or "normal"
            ? new QuantileTransformer { OutputDistribution = how == "normal" ? OutputDistribution.Normal : OutputDistribution.Uniform, Columns = columns }
            : throw new ArgumentException($"Option quantile-transform: wanted uniform or normal, and columns behind a colon if it is not for all, such as normal:income; found '{text}'.");
    }

    /// <summary>What scales.</summary>
    /// <exception cref="ArgumentException">The text is none.</exception>
    public static FeatureScaler Scaler(string text)
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
        if (parts.Length == 1)
            return (text, []);

        return ColumnList.TrySplit(parts[1], out string[] columns)
            ? (parts[0], columns)
            : throw new ArgumentException(
                $"Wanted columns behind the colon of '{text}', found {(string.IsNullOrWhiteSpace(parts[1]) ? "none" : "an empty name, or a double quote that is not closed")}: "
                + "name some, a name with a comma in double quotes, or leave the colon out for all.");
    }
}
