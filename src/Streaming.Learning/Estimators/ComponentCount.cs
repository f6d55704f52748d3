using System.Globalization;

namespace Streaming.Learning.Estimators;

/// <summary>
/// How many components to keep: a number (<c>NComponents = 5</c>), as many as a share of the variance takes (<c>NComponents = 0.95</c>), or as
/// many as Minka's estimate finds (<c>NComponents = ComponentCount.Mle</c>).
/// </summary>
public readonly record struct ComponentCount
{
    const string MleName = "mle";

    ComponentCount(int? number, double? share) => (Number, Share) = (number, share);

    /// <summary>As many as Minka's estimate of the dimension finds ("Automatic choice of dimensionality for PCA", NIPS 2000).</summary>
    public static ComponentCount Mle => default;

    /// <summary>The number; null if the data decide.</summary>
    public int? Number { get; }

    /// <summary>The share of the variance that must be surpassed, between 0 and 1; null if it does not matter.</summary>
    public double? Share { get; }

    /// <summary>A number of components.</summary>
    public static implicit operator ComponentCount(int number) => new(number, null);

    /// <summary>As many components as a share of the variance takes.</summary>
    public static implicit operator ComponentCount(double share) => new(null, share);

    /// <summary>Reads <c>5</c>, <c>0.95</c> or <c>mle</c>.</summary>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static ComponentCount Parse(string text) =>
        text == MleName ? Mle
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? new ComponentCount(number, null)
        : new ComponentCount(null, double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() =>
        Number?.ToString(CultureInfo.InvariantCulture) ?? Share?.ToString(CultureInfo.InvariantCulture) ?? MleName;

    /// <summary>Checks the range.</summary>
    /// <exception cref="ArgumentException">A number below 1, or a share that is not between 0 and 1.</exception>
    internal void Validate()
    {
        if (Number is { } number)
            ParameterCheck.AtLeast("n_components", number, 1);

        if (Share is { } share && !(share is > 0 and < 1))
            throw new ArgumentException($"Parameter n_components: wanted a whole number of at least 1, a share between 0 and 1, or mle, found {this}.");
    }

    /// <summary>The number to keep.</summary>
    /// <param name="squares">Variance along each direction there is, descending, up to a factor.</param>
    /// <param name="rows">Rows.</param>
    internal int Decide(ReadOnlySpan<double> squares, long rows)
    {
        if (Number is { } number)
            return number;

        if (Share is not { } share)
            return MinkaDimension.Of(squares, rows);

        double total = 0, sum = 0;
        foreach (double square in squares)
            total += square;

        int count = 0;
        while (count < squares.Length && sum <= share * total)
            sum += squares[count++];

        return Math.Max(count, 1);
    }
}
