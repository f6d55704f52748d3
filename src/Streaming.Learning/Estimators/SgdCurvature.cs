using System.Runtime.Intrinsics;
using Streaming.Learning.Numerics;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// The second derivatives of one output's loss, [n × n], symmetric, summed over all rows so far: those of past rows where they were
/// learned, and those of the rows being learned where their weights are now. Solves Newton's equations by Cholesky.
/// </summary>
sealed unsafe class SgdCurvature : IPersistent
{
    readonly int n;
    readonly ScaledCholesky factors;
    double[] past;
    double[] total;

    public SgdCurvature(int columns)
    {
        n = columns;
        past = new double[checked(n * n)];
        total = new double[n * n];
        factors = new ScaledCholesky(n);
    }

    /// <summary>Adds the curvature of the rows being learned to that of the past, and factors the sum.</summary>
    /// <param name="tile">Products of columns, as <see cref="CrossProductKernel"/> keeps them.</param>
    /// <param name="ridge">What the penalty adds to the diagonal; length n.</param>
    public void Factor(double* tile, ReadOnlySpan<double> ridge)
    {
        AddTo(total, tile);
        factors.Factor(total, ridge);
    }

    /// <summary>Factors the curvature of the past.</summary>
    public void FactorPast(ReadOnlySpan<double> ridge) => factors.Factor(past, ridge);

    /// <summary>Solves for Newton's step with the last factors.</summary>
    public void Solve(ReadOnlySpan<double> gradient, Span<double> step) => factors.Solve(gradient, step);

    /// <summary>The curvature of the past along <paramref name="direction"/>.</summary>
    public void MultiplyPast(ReadOnlySpan<double> direction, Span<double> result)
    {
        for (int i = 0; i < n; i++)
            result[i] = Lanes.Dot(past.AsSpan(i * n, n), direction);
    }

    /// <summary>The rows being learned become past.</summary>
    public void Keep() => (past, total) = (total, past);

    /// <summary>Adds products of columns to the past.</summary>
    public void Add(double* products) => AddTo(past, products);

    /// <summary>
    /// The least of ½ (v - weights)' H (v - weights) + Σ cost |v| over v, H being the past's curvature and the ridge: the lasso around
    /// the weights (Wang and Leng, "Unified LASSO estimation by least squares approximation", JASA 2007), by coordinate descent.
    /// </summary>
    public void Shrink(Span<double> weights, ReadOnlySpan<double> ridge, ReadOnlySpan<double> cost) =>
        QuadraticLasso.Minimise(past, ridge, new double[n], cost, weights);

    /// <inheritdoc/>
    public void Persist(StateStream state) => state.Values(past.AsSpan());

    // Sums past and products, right of the diagonal block by block, and mirrors them.
    void AddTo(Span<double> sums, double* products)
    {
        const int Block = CrossProductKernel.Block;
        ReadOnlySpan<double> from = past;
        for (int j = 0; j < n; j += Block)
        {
            for (int i = 0; i <= j; i += Block)
            {
                double* block = products + CrossProductKernel.IndexOf(i, j);
                for (int r = 0; r < Block; r++)
                    (Vector256.Create(from.Slice((i + r) * n + j, Block)) + Vector256.Load(block + Block * r)).CopyTo(sums.Slice((i + r) * n + j, Block));
            }
        }

        for (int i = 1; i < n; i++)
        {
            for (int j = 0; j < i; j++)
                sums[i * n + j] = sums[j * n + i];
        }
    }
}
