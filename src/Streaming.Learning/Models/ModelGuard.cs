using System.Diagnostics.CodeAnalysis;
using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;

namespace Streaming.Learning.Models;

/// <summary>
/// What holds for every model, whether an estimator made it or a file: so whatever can be made can be saved, and whatever can be
/// loaded could have been made.
/// </summary>
static class ModelGuard
{
    /// <summary>Returns <paramref name="header"/> if its parts fit together.</summary>
    internal static ModelHeader Checked(ModelHeader header)
    {
        FeatureScaling scaling = header.Scaling;
        if (header.Features.Count == 0)
            throw new ArgumentException("Wanted a model of at least one feature, found none.");

        if (header.Features.Distinct(StringComparer.Ordinal).Count() != header.Features.Count)
            throw new ArgumentException("Wanted features of different names, found the same name twice.");

        int free = 0;
        foreach (FeatureColumn column in header.Encoded)
        {
            if (column.Encoding == null || column.First < free || column.First > header.Features.Count - column.Count
                || !column.FeatureNames.SequenceEqual(header.Features.Skip(column.First).Take(column.Count), StringComparer.Ordinal))
            {
                throw new ArgumentException($"Wanted the features of the column '{column.Name}' at {column.First}, found others.");
            }

            free = column.First + column.Count;
        }

        CheckMade(header);
        if (scaling.Count != header.Features.Count)
            throw new ArgumentException($"Wanted a scaling of {header.Features.Count} features, found one of {scaling.Count}.");

        for (int j = 0; j < scaling.Count; j++)
        {
            if (!double.IsFinite(scaling.Offset[j]) || !double.IsFinite(scaling.Factor[j]) || scaling.Factor[j] == 0)
            {
                throw new NotFiniteException(
                    $"Feature '{header.Features[j]}': wanted a finite offset and a finite factor other than 0, "
                    + $"found {scaling.Offset[j]} and {scaling.Factor[j]}.");
            }
        }

        if (header.Rules is { UsesMeans: true, Means: null })
            throw new ArgumentException("Wanted the means that missing or infinite values are filled with, found none.");

        if (header.Rules is { UsesMedians: true, Medians: null })
            throw new ArgumentException("Wanted the medians that missing or infinite values are filled with, found none.");

        if (header.Rules.MissingByFeature?.Count != header.Rules.MissingFills?.Count)
            throw new ArgumentException("Wanted for each feature what becomes of its missing values and what they are filled with, found one without the other.");

        if (header.Rules.MissingFills is { } fills)
            Checked([.. fills], scaling.Count, "fills");

        if (header.Rules.Means is { } means)
            Checked([.. means], scaling.Count, "means");

        if (header.Rules.Medians is { } medians)
            Checked([.. medians], scaling.Count, "medians");

        return header;
    }

    // Features that are made of others stand behind all of these.
    static void CheckMade(ModelHeader header)
    {
        FeatureColumn[] made = [.. header.Encoded.Where(c => !c.IsRead)], encoded = [.. header.Encoded.Where(c => c.IsRead)];
        if (made.Length == 0)
            return;

        int read = made[0].First;
        if (made.Sum(c => c.Count) != header.Features.Count - read || encoded.Any(c => c.First >= read))
            throw new ArgumentException("Wanted features that are made of others behind all of these, found them elsewhere.");

        if (made.Count(c => c.Encoding is MissingIndicatorEncoding) > 1)
            throw new ArgumentException("Wanted what tells of missing values once, found it several times.");

        HashSet<string> values = [.. header.Features.Take(read).Where((_, j) => !encoded.Any(c => j >= c.First && j < c.First + c.Count)), .. encoded.Select(c => c.Name)];
        foreach (FeatureColumn column in made)
        {
            IEnumerable<string> others = column.Encoding switch
            {
                PolynomialEncoding products => products.Of.Except(header.Features.Take(read)),
                MissingIndicatorEncoding indicator => indicator.Of.Where(name => !values.Contains(name)),
                _ => [],
            };
            if (others.FirstOrDefault() is { } other)
                throw new ArgumentException($"Wanted {column.Encoding!.Kind} features of what the model reads, found some of '{other}'.");
        }
    }

    /// <summary>Returns a copy of <paramref name="values"/> if it is of the right length and all finite.</summary>
    internal static double[] Checked(double[] values, int length, string name)
    {
        if (values.Length != length)
            throw new ArgumentException($"Wanted {length} values of {name}, found {values.Length}.");

        foreach (double value in values)
        {
            if (!double.IsFinite(value))
                throw new NotFiniteException($"Wanted finite values of {name}, found {value}.");
        }

        return [.. values];
    }

    /// <summary>Returns a copy of <paramref name="values"/> if it is of the right length and all finite and above 0.</summary>
    internal static double[] Positive(double[] values, int length, string name)
    {
        double[] copy = Checked(values, length, name);
        foreach (double value in copy)
        {
            if (!(value > 0))
                throw new ArgumentException($"Wanted values of {name} above 0, found {value}.");
        }

        return copy;
    }

    /// <summary>Returns the number of rows of <paramref name="columns"/> values each that <paramref name="values"/> holds.</summary>
    internal static int RowsOf(double[] values, int columns, string name)
    {
        if (values.Length == 0 || values.Length % columns != 0)
            throw new ArgumentException($"Wanted rows of {columns} values of {name}, found {values.Length} values.");

        return values.Length / columns;
    }

    /// <summary>Returns the target if it is of the kind that the model predicts.</summary>
    internal static TargetInfo Checked([NotNull] TargetInfo? target, TargetKind kind)
    {
        if (target is null || target.Kind != kind)
            throw new ArgumentException($"Wanted a target of kind {kind}, found {target?.Kind ?? TargetKind.None}.");

        if (kind == TargetKind.Classes && target.Classes.Count < 2)
            throw new ArgumentException($"Wanted at least two classes of '{target.Name}', found {target.Classes.Count}.");

        return target;
    }
}
