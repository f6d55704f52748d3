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
    // A column whose curvature the others explain but for this share moves with them: its own weight stays.
    const double Dependent = 1e-12;

    readonly int n;
    readonly double[] factor;
    readonly double[] scale;
    readonly double[] solution;
    double[] past;
    double[] total;

    public SgdCurvature(int columns)
    {
        n = columns;
        past = new double[checked(n * n)];
        total = new double[n * n];
        factor = new double[n * n];
        scale = new double[n];
        solution = new double[n];
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

        // A unit diagonal makes the units of the columns no matter.
        for (int i = 0; i < n; i++)
        {
            double diagonal = total[i * n + i] + ridge[i];
            scale[i] = diagonal > 0 ? 1 / Math.Sqrt(diagonal) : 0;
        }

        for (int i = 0; i < n; i++)
        {
            Span<double> row = factor.AsSpan(i * n, n);
            for (int j = 0; j < i; j++)
            {
                double rest = total[i * n + j] * scale[i] * scale[j] - Lanes.Dot(row[..j], factor.AsSpan(j * n, j));
                row[j] = rest * factor[j * n + j];
            }

            // The diagonal holds the inverse of Cholesky's, 0 for a column that is left out.
            double pivot = scale[i] > 0 ? 1 - Lanes.Dot(row[..i], row[..i]) : 0;
            row[i] = pivot > Dependent ? 1 / Math.Sqrt(pivot) : 0;
        }
    }

    /// <summary>Solves for Newton's step with the last factors.</summary>
    public void Solve(ReadOnlySpan<double> gradient, Span<double> step)
    {
        for (int i = 0; i < n; i++)
        {
            double rest = gradient[i] * scale[i] - Lanes.Dot(factor.AsSpan(i * n, i), solution.AsSpan(0, i));
            solution[i] = rest * factor[i * n + i];
        }

        for (int i = n - 1; i >= 0; i--)
        {
            solution[i] *= factor[i * n + i];
            Subtract(solution.AsSpan(0, i), factor.AsSpan(i * n, i), solution[i]);
            step[i] = solution[i] * scale[i];
        }
    }

    /// <summary>The curvature of the past along <paramref name="direction"/>.</summary>
    public void MultiplyPast(ReadOnlySpan<double> direction, Span<double> result)
    {
        for (int i = 0; i < n; i++)
            result[i] = Lanes.Dot(past.AsSpan(i * n, n), direction);
    }

    /// <summary>The rows being learned become past.</summary>
    public void Keep() => (past, total) = (total, past);

    /// <summary>
    /// The least of ½ (v - weights)' H (v - weights) + Σ cost |v| over v, H being the past's curvature and the ridge: the lasso around
    /// the weights (Wang and Leng, "Unified LASSO estimation by least squares approximation", JASA 2007), by coordinate descent.
    /// </summary>
    public void Shrink(Span<double> weights, ReadOnlySpan<double> ridge, ReadOnlySpan<double> cost)
    {
        const int MostSweeps = 1000;
        const double Still = 1e-9;
        double[] least = weights.ToArray();
        var slope = new double[n];
        double change = double.MaxValue, size = 1;
        for (int sweep = 0; sweep < MostSweeps && change > Still * size; sweep++)
        {
            change = size = 0;
            for (int j = 0; j < n; j++)
            {
                double h = past[j * n + j] + ridge[j];
                if (!(h > 0))
                    continue;

                double centre = least[j] - (slope[j] + ridge[j] * (least[j] - weights[j])) / h;
                double after = Math.CopySign(Math.Max(0, Math.Abs(centre) - cost[j] / h), centre);
                double move = after - least[j];
                least[j] = after;
                Subtract(slope, past.AsSpan(j * n, n), -move);
                change = Math.Max(change, Math.Abs(move) * Math.Sqrt(h));
                size = Math.Max(size, Math.Abs(after) * Math.Sqrt(h));
            }
        }

        least.CopyTo(weights);
    }

    /// <inheritdoc/>
    public void Persist(StateStream state) => state.Values(past.AsSpan());

    static void Subtract(Span<double> from, ReadOnlySpan<double> vector, double times)
    {
        Vector512<double> minus = Vector512.Create(-times);
        int i = 0;
        for (; i + 8 <= from.Length; i += 8)
            Vector512.FusedMultiplyAdd(minus, Vector512.Create(vector.Slice(i, 8)), Vector512.Create<double>(from.Slice(i, 8))).CopyTo(from[i..]);

        for (; i < from.Length; i++)
            from[i] = Math.FusedMultiplyAdd(-times, vector[i], from[i]);
    }
}
