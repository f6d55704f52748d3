using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>Components by random directions beside those of the whole covariance.</summary>
public sealed class RandomizedComponentsTests
{
    [Fact]
    public void Fit_EqualsTheWholeCovariance_WeightsAndShiftsToo()
    {
        // Forty columns whose spreads fall by a tenth each: directions settle in a few passes.
        double[][] rows = Sample.Make(i => [.. Enumerable.Range(0, 40).Select(j => Math.Pow(0.7, j) * (Sample.U(i, j) + 0.3 * Sample.U(i, (j + 7) % 40)))]);
        var far = new FeatureScaling([.. Enumerable.Repeat(-0.75, 40)], [.. Enumerable.Repeat(1.0, 40)]);
        foreach (FeatureScaling scaling in (FeatureScaling[])[FeatureScaling.Identity(40), far])
        {
            var harness = new Harness(rows, weights: Sample.Weights) { Partitions = 3, BatchSize = 37, Scaling = scaling };
            var full = (PcaModel)harness.Fit(new IncrementalPca { NComponents = 5 }).Model;
            var random = (PcaModel)harness.Fit(new IncrementalPca { NComponents = 5, SvdSolver = SvdSolver.Randomized }).Model;

            Near.Equal(full.ExplainedVariance, random.ExplainedVariance, 1e-9);
            Near.Equal(full.ExplainedVarianceRatio, random.ExplainedVarianceRatio, 1e-9);
            Near.Equal(full.SingularValues, random.SingularValues, 1e-9);
            Near.Equal(full.Components, random.Components, 1e-4);
            Near.Equal(full.ScaledMean, random.ScaledMean, 1e-12);
            Assert.Equal(1, random.NoiseVariance / full.NoiseVariance, 1e-6);
        }
    }

    [Fact]
    public void Fit_Interrupted_GivesTheSameBits()
    {
        var estimator = new IncrementalPca { NComponents = 2, SvdSolver = SvdSolver.Randomized, NOversamples = 1 };
        double[] wanted = [.. new Harness(Sample.Features, weights: Sample.Weights) { Partitions = 3 }.Fit(estimator).Model.Tensors.SelectMany(t => t.Values)];
        double[] found = [.. new Harness(Sample.Features, weights: Sample.Weights) { Partitions = 3, IsInterrupted = true }.Fit(estimator).Model.Tensors.SelectMany(t => t.Values)];
        Assert.Equal(wanted, found);
    }

    [Fact]
    public void Fit_4096ColumnsOfRankSix_FindsThemInTwoPasses()
    {
        // Six patterns of disjoint columns with strengths 6, 5, ... 1: eigenvectors and values are those of the strengths' sums of squares.
        const int Columns = 4096, Rank = 6;
        double[][] strengths = Sample.Make(i => [.. Enumerable.Range(0, Rank).Select(r => (Rank - r) * Sample.U(i, r))]);
        double[][] rows = Sample.Make(i => [.. Enumerable.Range(0, Columns).Select(j => strengths[i][j % Rank] * (1 + j % 5))]);
        (Model model, _) = new Harness(rows) { Partitions = 2 }.Fit(new IncrementalPca { NComponents = 8, SvdSolver = SvdSolver.Randomized });
        Assert.Equal(2, model.Header.Summary.Passes);

        double[][] patterns = [.. Enumerable.Range(0, Rank).Select(r => (double[])[.. Enumerable.Range(0, Columns).Select(j => j % Rank == r ? 1.0 + j % 5 : 0)])];
        double[] lengths = [.. patterns.Select(p => Math.Sqrt(p.Sum(v => v * v)))];
        double[][] small = Sample.Make(i => [.. Enumerable.Range(0, Rank).Select(r => strengths[i][r] * lengths[r])]);
        var wanted = (PcaModel)new Harness(small).Fit(new IncrementalPca()).Model;
        var found = (PcaModel)model;
        Near.Equal([.. wanted.ExplainedVariance.ToArray(), 0, 0], found.ExplainedVariance, 1e-6);
        for (int c = 0; c < Rank; c++)
        {
            double[] component = found.Components.Slice(c * Columns, Columns).ToArray();
            double[] along = [.. patterns.Select((p, r) => p.Zip(component, (a, b) => a * b).Sum() / lengths[r])];
            double[] direction = wanted.Components.Slice(c * Rank, Rank).ToArray();
            Assert.Equal(1, Math.Abs(along.Zip(direction, (a, b) => a * b).Sum()), 1e-9);
        }
    }
}
