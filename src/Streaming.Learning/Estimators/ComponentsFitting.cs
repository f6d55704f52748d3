using Streaming.Learning.Metrics;
using Streaming.Learning.Models;

namespace Streaming.Learning.Estimators;

/// <summary>A run that finds principal components: whichever way, the model is made of the same figures.</summary>
/// <param name="estimator">The parameters.</param>
/// <param name="features">Features.</param>
abstract class ComponentsFitting(IncrementalPca estimator, int features) : Fitting
{
    ComponentsFound? found;

    /// <summary>The components, when all passes are over.</summary>
    protected abstract ComponentsFound Find();

    /// <summary>Notes in the model how components were found, where that was not the user's choice.</summary>
    protected virtual ModelHeader Noted(ModelHeader header) => header;

    /// <inheritdoc/>
    public override Model ToModel(ModelHeader header)
    {
        ComponentsFound components = Found;
        int kept = Kept(components);
        double freedom = components.WeightSum - 1;
        double[] squares = components.Squares[..kept];
        int left = Most(components) - kept;
        double rest = Math.Max(components.SquareSum - squares.Sum(), 0);
        return new PcaModel(
            Noted(header),
            components.Mean,
            components.Vectors[..(kept * features)],
            explainedVariance: [.. squares.Select(s => s / freedom)],
            explainedVarianceRatio: [.. squares.Select(s => components.SquareSum > 0 ? s / components.SquareSum : 0)],
            singularValues: [.. squares.Select(Math.Sqrt)],
            noiseVariance: left > 0 ? rest / left / freedom : 0,
            estimator.Whiten);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Metric> TrainingMetrics() =>
        Found.SquareSum > 0 ? [new Metric("explained_variance_ratio", Found.Squares.Take(Kept(Found)).Sum() / Found.SquareSum)] : [];

    ComponentsFound Found => found ??= Checked(Find());

    int Most(ComponentsFound components) => (int)Math.Min(features, components.RowCount);

    int Kept(ComponentsFound components)
    {
        int most = Most(components);
        double freedom = components.WeightSum - 1;
        if (estimator.NComponents == ComponentCount.Mle && components.RowCount < features)
            throw new ArgumentException($"Parameter n_components: mle wants at least as many rows as features ({features}), found {components.RowCount} rows.");

        int kept = estimator.NComponents?.Decide([.. components.Squares.Take(most).Select(s => s / freedom)], components.RowCount) ?? most;
        return kept <= most ? kept : throw estimator.TooMany($"{components.RowCount} rows");
    }

    static ComponentsFound Checked(ComponentsFound components)
    {
        if (components.RowCount < 2)
            throw new InvalidDataException($"Wanted at least two rows to find components, found {components.RowCount}.");

        if (!(components.WeightSum > 1))
            throw new InvalidDataException($"Wanted weights that sum to more than 1 (a row of weight 2 counts as two), found a sum of {components.WeightSum}.");

        return components;
    }
}

/// <summary>Principal components as a run found them; weights count as rows.</summary>
/// <param name="RowCount">Rows.</param>
/// <param name="WeightSum">Sum of their weights.</param>
/// <param name="Mean">Mean of each scaled feature; length: features.</param>
/// <param name="Squares">Sum of squares along each direction, at least 0, descending.</param>
/// <param name="Vectors">The directions, [squares × features].</param>
/// <param name="SquareSum">Sum of squares along all directions there are.</param>
sealed record ComponentsFound(long RowCount, double WeightSum, double[] Mean, double[] Squares, double[] Vectors, double SquareSum);
