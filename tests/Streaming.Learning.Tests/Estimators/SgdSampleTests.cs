using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>Steps whose curvature a sample of their rows tells: what is taken, and that as much is learned of it.</summary>
public sealed unsafe class SgdSampleTests
{
    const int Rows = 48_000;

    [Theory]
    [InlineData(4, 4)]
    [InlineData(7, 4)]
    [InlineData(8, 8)]
    [InlineData(16, 16)]
    [InlineData(1_000_000, 16)]
    public void Take_RowsFarOut_CountOnceAndOfTheOthersTheFewerAsMorePast_EachAsManyTimes(int pastPerColumn, int every)
    {
        const int StepRows = 64;
        SgdPanel step = PanelOf(StepRows);
        var distances = new double[step.Stride];
        (distances[3], distances[8], distances[9]) = (100, 4.1, 3.9);
        var sample = new SgdSample(2, StepRows, hasIntercept: true);
        Assert.True(sample.Take(step, distances, past: step.Columns * pastPerColumn + 2));

        int[] wanted = [.. Enumerable.Range(0, StepRows).Where(i => i is 3 or 8 || i % every == 2)];
        Assert.Equal(wanted.Length, sample.Panel.RowCount);
        Assert.Equal(wanted.Select(i => (double)i), new Span<double>(sample.Panel.Column(1), wanted.Length).ToArray());

        var numbers = new AlignedBlock<double>(StepRows);
        var sampled = new AlignedBlock<double>(StepRows);
        for (int i = 0; i < StepRows; i++)
            numbers.Span[i] = 1 + i;

        sampled.Span.Fill(double.NaN);
        sample.Gather(numbers.Pointer, sampled.Pointer);
        GC.KeepAlive(numbers);
        Assert.Equal(wanted.Select(i => (i is 3 or 8 ? 1.0 : every) * (1 + i)), sampled.Span[..wanted.Length].ToArray());
        Assert.All(sampled.Span[wanted.Length..sample.Panel.PaddedRows].ToArray(), rest => Assert.Equal(0, rest));
    }

    [Fact]
    public void Take_TooManyRowsFarOut_TakesNone()
    {
        SgdPanel step = PanelOf(64);
        var distances = new double[step.Stride];
        distances.AsSpan(0, 40).Fill(100);
        Assert.False(new SgdSample(2, 64, hasIntercept: true).Take(step, distances, past: 4 * step.Columns));
    }

    [Fact]
    public void Take_LittlePast_TakesNone()
    {
        SgdPanel step = PanelOf(64);
        Assert.False(new SgdSample(2, 64, hasIntercept: true).Take(step, new double[step.Stride], past: 4 * step.Columns - 1));
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(16, true)]
    [InlineData(15, false)]
    [InlineData(1, false)]
    public void Tells_WhereOneInFourRowsMatters(int rowsThatMatter, bool wanted)
    {
        SgdPanel step = PanelOf(64);
        var sample = new SgdSample(2, 64, hasIntercept: true);
        sample.Take(step, new double[step.Stride], past: 4 * step.Columns);
        var numbers = new AlignedBlock<double>(64);
        numbers.Span[..rowsThatMatter].Fill(0.25);
        Assert.Equal(wanted, sample.Tells(numbers.Pointer));
        GC.KeepAlive(numbers);
    }

    /// <summary>More steps than four per column: the last ones are sampled, and mostly too short to be searched.</summary>
    [Fact]
    public void Classifier_ManySteps_IsNearTheFitOfAllRowsAndLearnsTogetherAsAlone()
    {
        var harness = ManyRows();
        var wanted = (LinearClassifierModel)harness.Fit(new LogisticRegression { C = 1e9 }).Model;
        SgdClassifier[] estimators = [.. new[] { 1e-8, 1e-3, 1e-1 }.Select(alpha => new SgdClassifier { Alpha = alpha })];
        Model[] alone = [.. estimators.Select(e => harness.Fit(e).Model)];
        var found = (LinearClassifierModel)alone[0];
        Near.Equal([.. wanted.Coef, wanted.Intercept[0]], [.. found.Coef, found.Intercept[0]], 0.01);

        Fitting[] together = [.. estimators.Select(e => e.Begin(harness.Context))];
        harness.Run(JointPass.Of([.. together.Select(f => f.NextPass()!)]));
        for (int i = 0; i < together.Length; i++)
        {
            Assert.Null(together[i].NextPass());
            Assert.Equal(ValuesOf(alone[i]), ValuesOf(together[i].ToModel(harness.HeaderOf(estimators[i], 1))));
        }
    }

    [Fact]
    public void Classifier_ManySteps_InterruptedAfterEveryTile_IsTheSame()
    {
        Model whole = ManyRows().Fit(new SgdClassifier()).Model;
        Model interrupted = ManyRows(isInterrupted: true).Fit(new SgdClassifier()).Model;
        Assert.Equal(ValuesOf(whole), ValuesOf(interrupted));
    }

    static double[] ValuesOf(Model model) => [.. model.Tensors.SelectMany(t => t.Values)];

    static Harness ManyRows(bool isInterrupted = false)
    {
        var random = new KeyedRandom(5, "rows of many steps");
        var x = new double[Rows][];
        var y = new double[Rows];
        for (int i = 0; i < Rows; i++)
        {
            // The last feature is 1 in a row of a hundred.
            x[i] = [3 * random.NextDouble(), 10 - 8 * random.NextDouble(), random.NextDouble() < 0.01 ? 1 : 0];
            double chance = 1 / (1 + Math.Exp(-(x[i][0] - 0.5 * x[i][1] + 2 * x[i][2] + 1)));
            y[i] = random.NextDouble() < chance ? 1 : 0;
        }

        return new Harness(x, y) { BatchSize = 3000, Classes = ["no", "yes"], IsInterrupted = isInterrupted };
    }

    // Rows whose first feature is their number.
    static SgdPanel PanelOf(int rows)
    {
        var panel = new SgdPanel(2, rows, hasIntercept: false, ClassWeights.None);
        new Harness([.. Enumerable.Range(0, rows).Select(i => new double[] { i, 1 })], new double[rows]).WithTile(0, rows, tile => panel.Take(tile, 0));
        panel.Pad();
        return panel;
    }
}
