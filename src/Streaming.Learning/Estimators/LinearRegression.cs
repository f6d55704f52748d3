using System.ComponentModel;
using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Least squares, exact, in one pass: sums of products of all pairs of columns (double), then the normal equations of the centred
/// columns. Columns that hang on others get the coefficients of smallest length, as scikit-learn's <c>LinearRegression</c> gives
/// them; with <see cref="Alpha"/> above 0 it is scikit-learn's <c>Ridge</c>: the least of ‖y - Xw - b‖² + alpha ‖w‖², the intercept
/// b not penalised. Both lengths are meant on the features as they are scaled for training. Memory: about 4 d² bytes per partition.
/// </summary>
public sealed class LinearRegression : Estimator
{
    /// <summary>
    /// Whether to learn an intercept. Without one the model is 0 where all features, in the user's own units, are 0. Default: true.
    /// </summary>
    [Description("Learn an intercept; without one the model is 0 where all features are 0 in their own units.")]
    public bool FitIntercept { get; set; } = true;

    /// <summary>Strength of the ridge penalty, at least 0. Default: 0, ordinary least squares.</summary>
    [Description("Ridge penalty: alpha times the squared length of the coefficients; 0 is ordinary least squares.")]
    public double Alpha { get; set; }

    /// <inheritdoc/>
    public override string Name => "linear-regression";

    /// <inheritdoc/>
    public override string Summary => "Least squares and ridge regression, exact, in one pass.";

    /// <inheritdoc/>
    public override TargetKind TargetKind => TargetKind.Number;

    /// <inheritdoc/>
    public override bool IsShiftInvariant => true;

    /// <inheritdoc/>
    public override void Validate() => ParameterCheck.AtLeast("alpha", Alpha, 0);

    /// <inheritdoc/>
    public override Fitting Begin(FitContext context) => new LeastSquares(this, context);

    sealed class LeastSquares : Fitting
    {
        readonly FeatureScaling scaling;
        readonly bool fitIntercept;
        readonly double alpha;
        CrossProducts? sums;
        double[] coef = [];
        double intercept;
        double r2;
        double rmse;

        public LeastSquares(LinearRegression estimator, FitContext context)
        {
            scaling = context.Scaling;
            fitIntercept = estimator.FitIntercept;
            alpha = estimator.Alpha;
        }

        public override Pass? NextPass() => sums is null
            ? new SumPass<CrossProducts>("products of columns", NewSums, Solve, needsDoubles: true)
            : null;

        public override Model ToModel(ModelHeader header) => new LinearRegressorModel(header, coef, intercept);

        public override IReadOnlyList<Metric> TrainingMetrics() => [new Metric("r2", r2), new Metric("rmse", rmse)];

        public override void Persist(StateStream state)
        {
            state.Optional(ref sums, NewSums);
            if (state.IsReading && sums != null)
                Solve(sums);
        }

        CrossProducts NewSums() => new(scaling.Count, hasTarget: true);

        void Solve(CrossProducts total)
        {
            sums = total;
            if (!(sums.WeightSum > 0))
                throw new InvalidDataException("Wanted at least one row with a weight above 0, found none.");

            // About the means, the intercept drops out of the equations. Without an intercept, the products are those about the
            // user's own zero, which tiles have at -offset * factor.
            double[] origin = fitIntercept ? sums.Means() : UserZero();
            double targetOrigin = fitIntercept ? sums.TargetMean : 0;
            Products products = sums.About(origin, targetOrigin);
            int d = scaling.Count;
            var matrix = (double[])products.Features.Clone();
            for (int j = 0; j < d; j++)
                matrix[j * d + j] += alpha;

            coef = SymmetricSolver.Solve(matrix, products.Target);
            intercept = targetOrigin - Lanes.Dot(coef, origin);

            double errors = products.TargetSquare - 2 * Lanes.Dot(coef, products.Target);
            for (int j = 0; j < d; j++)
                errors += coef[j] * Lanes.Dot(coef, products.Features.AsSpan(j * d, d));

            errors = Math.Max(errors, 0);
            double spread = sums.About(sums.Means(), sums.TargetMean).TargetSquare;
            r2 = spread > 0 ? 1 - errors / spread : double.NaN;
            rmse = Math.Sqrt(errors / sums.WeightSum);
        }

        double[] UserZero()
        {
            var zero = new double[scaling.Count];
            for (int j = 0; j < zero.Length; j++)
                zero[j] = -scaling.Offset[j] * scaling.Factor[j];

            return zero;
        }
    }
}
