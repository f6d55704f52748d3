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
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
                total[i * n + j] = total[j * n + i] = past[i * n + j] + tile[CrossProductKernel.IndexOf(j, i)];
        }

        factors.Factor(total, ridge);
    }

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
    public void Add(double* products)
    {
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
                past[i * n + j] = past[j * n + i] = past[i * n + j] + products[CrossProductKernel.IndexOf(j, i)];
        }
    }

    /// <summary>
    /// The least of ½ (v - weights)' H (v - weights) + Σ cost |v| over v, H being the past's curvature and the ridge: the lasso around
    /// the weights (Wang and Leng, "Unified LASSO estimation by least squares approximation", JASA 2007), by coordinate descent.
    /// </summary>
    public void Shrink(Span<double> weights, ReadOnlySpan<double> ridge, ReadOnlySpan<double> cost) =>
        QuadraticLasso.Minimise(past, ridge, new double[n], cost, weights);

    /// <inheritdoc/>
    public void Persist(StateStream state) => state.Values(past.AsSpan());
}
