using Streaming.Learning.Models;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Principal components by random directions (Halko, Martinsson, Tropp, "Finding structure with randomness", SIAM Review 53, 2011,
/// with power iterations, 4.5): every pass multiplies a few directions by the covariance, without forming it. That
/// turns them towards the leading components, and at the same time gives the covariance between the directions themselves
/// (Rayleigh, Ritz), so that each pass also tells how good the directions of the one before are.
/// </summary>
sealed class RandomizedComponents : ComponentsFitting
{
    /// <summary>What its passes are for.</summary>
    public const string Purpose = "range of the covariance";

    /// <summary>Sets of directions that it holds: those of a pass, what the covariance makes of them, both turned, and those that the model keeps.</summary>
    public const int Copies = 7;

    // Components have settled when what the covariance makes of them differs from a multiple of them by no more than this share of the
    // largest variance. The error of a variance is about the square of that.
    const double Settled = 1e-6;

    readonly int features;
    readonly int wanted;
    readonly int mostPasses;
    readonly bool isChosen;

    // [directions × features]: those of the next pass; in the end the components.
    readonly double[] directions;
    readonly double[] mean;
    readonly double[] squares;
    bool isDone;
    int passes;
    long rowCount;
    double weightSum;
    double squareSum;

    /// <summary>Creates the run.</summary>
    public RandomizedComponents(IncrementalPca estimator, int features, long seed)
        : base(estimator, features)
    {
        this.features = features;
        wanted = estimator.NComponents!.Value.Number!.Value;
        mostPasses = 1 + estimator.IteratedPower;
        isChosen = estimator.SvdSolver == SvdSolver.Auto;
        squares = new double[DirectionsOf(estimator, features)];
        mean = new double[features];
        directions = new double[checked(squares.Length * features)];
        GramSchmidt.Randomize(directions, new KeyedRandom(seed, "range finder"));
        GramSchmidt.Orthonormalize(directions, features);
    }

    /// <summary>Directions that a run turns at a time.</summary>
    public static int DirectionsOf(IncrementalPca estimator, int features) =>
        (int)Math.Min((long)estimator.NComponents!.Value.Number!.Value + estimator.NOversamples, features);

    /// <inheritdoc/>
    public override Pass? NextPass() => isDone
        ? null
        : new SumPass<RangeSums>($"{Purpose}, pass {passes + 1}", () => new RangeSums(features, directions), Turn);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Remarks =>
    [
        FormattableString.Invariant($"Components of {features} features were found by {squares.Length} random directions in {passes} passes, without the covariance (svd_solver: randomized)")
            + (isChosen ? ", which would have taken more than half of the memory; --svd-solver full, or more --memory, finds them exactly." : "."),
    ];

    /// <inheritdoc/>
    public override void Persist(StateStream state)
    {
        state.Values(directions.AsSpan());
        state.Values(mean.AsSpan());
        state.Values(squares.AsSpan());
        state.Value(ref isDone);
        state.Value(ref passes);
        state.Value(ref rowCount);
        state.Value(ref weightSum);
        state.Value(ref squareSum);
    }

    /// <inheritdoc/>
    protected override ModelHeader Noted(ModelHeader header) =>
        header with { Parameters = new Dictionary<string, string>(header.Parameters) { ["svd_solver"] = "randomized" } };

    /// <inheritdoc/>
    protected override ComponentsFound Find() => new(rowCount, weightSum, mean, squares, directions, squareSum);

    // Takes the result of a pass: the components as far as they are found, and the directions of the next pass.
    void Turn(RangeSums sums)
    {
        passes++;
        rowCount = sums.RowCount;
        weightSum = sums.WeightSum;
        sums.Means().CopyTo(mean, 0);
        squareSum = sums.SquareSum(mean);
        double[] image = sums.Image(mean);
        int count = squares.Length;
        var between = new double[count * count];
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j <= i; j++)
                between[i * count + j] = between[j * count + i] = Lanes.Dot(RowOf(image, i), RowOf(directions, j));
        }

        (double[] values, double[] turns) = SymmetricEigen.Of(between, count);
        double[] turned = Product(turns, directions), turnedImage = Product(turns, image);
        double furthest = 0;
        for (int i = 0; i < count; i++)
        {
            squares[i] = Math.Max(values[i], 0);
            double[] rest = [.. RowOf(turnedImage, i)];
            Lanes.AddScaled(rest, RowOf(turned, i), -values[i]);
            if (i < wanted)
                furthest = Math.Max(furthest, Math.Sqrt(Lanes.Dot(rest, rest)));
        }

        isDone = passes == mostPasses || furthest <= Settled * squares[0];
        (isDone ? turned : turnedImage).CopyTo(directions, 0);
        if (!isDone)
            GramSchmidt.Orthonormalize(directions, features);

        for (int i = 0; isDone && i < count; i++)
            SymmetricEigen.FixSign(RowOf(directions, i));
    }

    // [count × count] times [count × features].
    double[] Product(double[] left, double[] right)
    {
        var product = new double[right.Length];
        for (int i = 0; i < squares.Length; i++)
        {
            for (int j = 0; j < squares.Length; j++)
                Lanes.AddScaled(RowOf(product, i), RowOf(right, j), left[i * squares.Length + j]);
        }

        return product;
    }

    Span<double> RowOf(double[] rows, int row) => rows.AsSpan(row * features, features);
}
