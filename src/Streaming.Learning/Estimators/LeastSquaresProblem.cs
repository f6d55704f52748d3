using Streaming.Learning.Data;
using Streaming.Learning.Models;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>The normal equations of least squares, for any penalty and any of the features.</summary>
sealed class LeastSquaresProblem
{
    readonly FeatureScaling scaling;
    readonly bool fitIntercept;
    readonly double[] origin;
    readonly double targetOrigin;
    readonly Products products;
    readonly long rows;
    readonly double weightSum;
    readonly double targetSpread;

    /// <summary>Sets the equations up.</summary>
    public LeastSquaresProblem(CrossProducts sums, FeatureScaling scaling, bool fitIntercept)
    {
        this.scaling = scaling;
        this.fitIntercept = fitIntercept;
        rows = sums.RowCount;
        weightSum = sums.WeightSum;

        // About the means, the intercept drops out of the equations. Without an intercept, the products are those about the
        // user's own zero, which tiles have at -offset * factor.
        origin = fitIntercept ? sums.Means() : UserZero();
        targetOrigin = fitIntercept ? sums.TargetMean : 0;
        products = sums.About(origin, targetOrigin);
        targetSpread = fitIntercept ? products.TargetSquare : sums.About(sums.Means(), sums.TargetMean).TargetSquare;
    }

    /// <summary>Whether the squares of the target add up to a number; without, the solution would be none either, whatever the features are.</summary>
    public bool IsTargetFinite => double.IsFinite(products.TargetSquare) && double.IsFinite(targetSpread);

    /// <summary>Solves the equations.</summary>
    /// <param name="alpha">The penalty, at least 0.</param>
    /// <param name="features">Positions of the features to use, ascending; the others get the coefficient 0.</param>
    public LeastSquaresSolution Solve(double alpha, int[] features)
    {
        int d = scaling.Count, m = features.Length;
        var matrix = new double[m * m];
        var right = new double[m];
        for (int i = 0; i < m; i++)
        {
            right[i] = products.Target[features[i]];
            for (int j = 0; j < m; j++)
                matrix[i * m + j] = products.Features[features[i] * d + features[j]] + (i == j ? alpha : 0);
        }

        var solver = new SymmetricSolver(matrix, m);
        double[] solution = solver.Solve(right);
        var coef = new double[d];
        for (int i = 0; i < m; i++)
            coef[features[i]] = solution[i];

        double[] inverse = solver.InverseDiagonal();
        double errors = SquaredErrors(coef);

        // The trace of A (A + alpha)⁻¹: the coefficients count less the more they are held back (Hastie, Tibshirani, Friedman, "The
        // Elements of Statistical Learning", 3.4.1).
        double parameters = alpha > 0 && solver.Rank == m ? m - alpha * inverse.Sum() : solver.Rank;
        double freedom = rows - parameters - (fitIntercept ? 1 : 0);
        double variance = freedom > 0 ? errors / freedom : double.NaN;

        // A penalty draws coefficients to 0: what they differ by from the truth is then no longer chance alone.
        double chance = alpha > 0 ? double.NaN : variance;
        var standardErrors = new double[d];
        Array.Fill(standardErrors, double.NaN);
        for (int i = 0; i < m; i++)
            standardErrors[features[i]] = Math.Sqrt(chance * inverse[i]);

        double r2 = targetSpread > 0 ? 1 - errors / targetSpread : double.NaN;
        return new LeastSquaresSolution(
            coef,
            targetOrigin - Lanes.Dot(coef, origin),
            r2,
            Math.Sqrt(errors / weightSum),
            freedom > 0 ? variance * rows / freedom : double.PositiveInfinity,
            new RegressionStatistics(
                alpha,
                parameters,
                freedom,
                r2,
                freedom > 0 ? 1 - (1 - r2) * (rows - 1) / freedom : double.NaN,
                variance,
                standardErrors,
                fitIntercept && solver.Rank == m ? Math.Sqrt(chance * InterceptVariance(solver, features)) : double.NaN));
    }

    double SquaredErrors(double[] coef)
    {
        double errors = products.TargetSquare - 2 * Lanes.Dot(coef, products.Target);
        for (int j = 0; j < coef.Length; j++)
            errors += coef[j] * Lanes.Dot(coef, products.Features.AsSpan(j * coef.Length, coef.Length));

        return Math.Max(errors, 0);
    }

    // The intercept is where the user's features are 0, so its error grows with how far that is from the means.
    double InterceptVariance(SymmetricSolver solver, int[] features)
    {
        double[] zero = UserZero();
        double[] distance = [.. features.Select(j => origin[j] - zero[j])];
        return 1 / weightSum + Lanes.Dot(distance, solver.Solve(distance));
    }

    double[] UserZero()
    {
        var zero = new double[scaling.Count];
        for (int j = 0; j < zero.Length; j++)
            zero[j] = -scaling.Offset[j] * scaling.Factor[j];

        return zero;
    }
}

/// <summary>What least squares gives for one penalty and set of features.</summary>
/// <param name="Coef">A coefficient per scaled feature; length: features.</param>
/// <param name="Intercept">The prediction where all scaled features are 0.</param>
/// <param name="R2">Share of the target's variance that is explained; NaN if it does not vary.</param>
/// <param name="Rmse">Root of the mean squared error.</param>
/// <param name="CrossValidation">
/// Generalised cross validation (Golub, Heath, Wahba 1979): the mean squared error that leaving rows out would show.
/// </param>
/// <param name="Statistics">How sure the coefficients are.</param>
sealed record LeastSquaresSolution(
    double[] Coef, double Intercept, double R2, double Rmse, double CrossValidation, RegressionStatistics Statistics);
