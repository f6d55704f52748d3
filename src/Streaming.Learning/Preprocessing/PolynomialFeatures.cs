namespace Streaming.Learning.Preprocessing;

/// <summary>
/// Adds the products of each two features that are numbers in the data, and their squares, behind all other features: scikit-learn's
/// <c>PolynomialFeatures</c> of degree 2 without the constant. Features of encoded columns are not multiplied; those that are may not be filled.
/// </summary>
public sealed class PolynomialFeatures : FeatureTransformer
{
    /// <inheritdoc/>
    public override string Name => "polynomial-features";

    /// <summary>Most factors of a product: 2. Default: 2.</summary>
    public int Degree { get; init; } = 2;

    /// <summary>Whether squares are left out. Default: false.</summary>
    public bool InteractionOnly { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        if (Degree != 2)
            throw new ArgumentException($"Option polynomial: wanted the degree 2, found {Degree}.");
    }
}
