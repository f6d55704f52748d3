using System.Globalization;
using System.Runtime.CompilerServices;
using Streaming.Learning.Data;

namespace Streaming.Learning.Estimators;

/// <summary>What a row weighs by its class, beside its own weight.</summary>
sealed unsafe class ClassWeights : IEquatable<ClassWeights>
{
    const string Balanced = "balanced";

    readonly double[]? weights;

    ClassWeights(double[]? weights) => this.weights = weights;

    /// <summary>Every class weighs 1; also for targets that are numbers.</summary>
    public static ClassWeights None { get; } = new(null);

    /// <summary>Reads a parameter.</summary>
    /// <param name="text">
    /// Null for none; <c>balanced</c> for rows / (classes · rows of the class), as in scikit-learn; or <c>label=weight,…</c>, where classes that
    /// are not named weigh 1.
    /// </param>
    /// <param name="target">The target.</param>
    /// <exception cref="ArgumentException">The text is none of these, or names a class that there is not.</exception>
    public static ClassWeights Of(string? text, TargetInfo target)
    {
        if (text is null)
            return None;

        double[] weights = [.. target.Classes.Select(_ => 1.0)];
        if (text == Balanced)
        {
            if (target.Counts.Count == 0)
            {
                throw new ArgumentException(
                    "Parameter class_weight: 'balanced' wants the rows of each class, which are not counted when a run goes on from a model. "
                    + "Give label=weight pairs.");
            }

            double rows = target.Counts.Sum();
            for (int c = 0; c < weights.Length; c++)
                weights[c] = rows / (weights.Length * (double)target.Counts[c]);

            return new ClassWeights(weights);
        }

        foreach ((string label, double weight) in Parse(text))
        {
            int index = target.Classes.ToList().IndexOf(label);
            if (index < 0)
            {
                throw new ArgumentException(
                    $"Parameter class_weight: wanted classes of '{target.Name}' ({string.Join(", ", target.Classes)}), found '{label}'.");
            }

            weights[index] = weight;
        }

        return new ClassWeights(weights);
    }

    /// <summary>Checks a parameter as far as it can be without the data.</summary>
    /// <exception cref="ArgumentException">It can't be read.</exception>
    public static void Check(string? text)
    {
        if (text is not (null or Balanced))
            _ = Parse(text).Count();
    }

    /// <inheritdoc/>
    public bool Equals(ClassWeights? other) =>
        other is not null && (weights is null) == (other.weights is null) && weights.AsSpan().SequenceEqual(other.weights);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ClassWeights);

    /// <inheritdoc/>
    public override int GetHashCode() => weights is null ? 0 : weights.Length;

    /// <summary>The weight of a row of a tile whose target is a class, or a number if there are no class weights.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Of(RowBatch tile, int row) =>
        weights is null ? tile.WeightOf(row) : tile.WeightOf(row) * weights[(int)tile.TargetPointer[row]];

    /// <summary>Multiplies the weights of rows by those of their classes.</summary>
    public void MultiplyInto(double* rowWeights, double* targets, int count)
    {
        for (int i = 0; i < count && weights is not null; i++)
            rowWeights[i] *= weights[(int)targets[i]];
    }

    static IEnumerable<(string Label, double Weight)> Parse(string text)
    {
        var seen = new HashSet<string>();
        foreach (string pair in text.Split(','))
        {
            int at = pair.LastIndexOf('=');
            if (at < 1 || !double.TryParse(pair[(at + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out double weight)
                || !(weight >= 0 && double.IsFinite(weight)))
            {
                throw new ArgumentException(
                    $"Parameter class_weight: wanted 'balanced' or label=weight pairs with commas between them, weights at least 0; found '{pair}'.");
            }

            string label = pair[..at].Trim();
            if (!seen.Add(label))
                throw new ArgumentException($"Parameter class_weight: wanted each class once, found '{label}' twice.");

            yield return (label, weight);
        }
    }
}
