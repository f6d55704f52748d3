using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.State;
using Streaming.Learning.Tests.Models;
using Xunit;

namespace Streaming.Learning.Tests.Metrics;

/// <summary>What every scorer must do, on every kind of model.</summary>
public class ScorerTests
{
    [Theory]
    [MemberData(nameof(TestModels.Names), MemberType = typeof(TestModels))]
    public void Merge_RowsCutInAnyWay_GivesTheSameScores(string name)
    {
        Model model = TestModels.Named(name);
        Scorer whole = Score(model, 0, 24);
        for (int cut = 0; cut <= 24; cut++)
        {
            Scorer merged = model.NewScorer();
            merged.Merge(Score(model, 0, cut));
            merged.Merge(Score(model, cut, 24 - cut));

            Assert.Equal(24, merged.RowCount);
            AssertEqual(whole.Results(), merged.Results(), 1e-12);
        }
    }

    [Theory]
    [MemberData(nameof(TestModels.Names), MemberType = typeof(TestModels))]
    public void Merge_Empty_ChangesNothing(string name)
    {
        Model model = TestModels.Named(name);
        Scorer scorer = Score(model, 0, 24);
        IReadOnlyList<Metric> before = scorer.Results();
        scorer.Merge(model.NewScorer());
        Scorer other = model.NewScorer();
        other.Merge(scorer);

        AssertEqual(before, scorer.Results(), 0);
        AssertEqual(before, other.Results(), 0);
    }

    [Theory]
    [MemberData(nameof(TestModels.Names), MemberType = typeof(TestModels))]
    public void Persist_MidWay_GoesOnToTheSameScores(string name)
    {
        Model model = TestModels.Named(name);
        Scorer whole = model.NewScorer();
        Add(whole, 0, 16, _ => 1);
        Scorer restored = model.NewScorer();
        StateReader.Restore(restored, StateWriter.ToBytes(whole));
        Add(whole, 16, 8, _ => 1);
        Add(restored, 16, 8, _ => 1);

        Assert.Equal(24, restored.RowCount);
        AssertEqual(whole.Results(), restored.Results(), 0);
        Assert.Equal(StateWriter.ToBytes(whole), StateWriter.ToBytes(restored));
    }

    [Theory]
    [MemberData(nameof(TestModels.Names), MemberType = typeof(TestModels))]
    public void Add_WeightOfTwo_CountsTwice(string name)
    {
        Model model = TestModels.Named(name);
        Scorer twice = model.NewScorer();
        Scorer weighted = model.NewScorer();
        foreach (int copies in (int[])[1, 1])
            Add(twice, 0, 24, _ => copies);

        Add(weighted, 0, 24, _ => 2);

        AssertEqual(twice.Results(), weighted.Results(), 1e-12);
    }

    [Theory]
    [MemberData(nameof(TestModels.Names), MemberType = typeof(TestModels))]
    public void Add_WeightOfZero_CountsAsARowButNotInTheScores(string name)
    {
        Model model = TestModels.Named(name);
        Scorer all = model.NewScorer();
        Add(all, 0, 24, row => row < 12 ? 1 : 0);

        Assert.Equal(24, all.RowCount);
        AssertEqual(Score(model, 0, 12, _ => 1).Results(), all.Results(), 1e-12);
    }

    [Theory]
    [MemberData(nameof(TestModels.Names), MemberType = typeof(TestModels))]
    public void Results_NoRows_AreNotDefinedOrZero(string name)
    {
        Model model = TestModels.Named(name);
        Scorer scorer = model.NewScorer();
        using RowBatch empty = TestTiles.Create(3, 0, TestTiles.Sample, _ => 0);
        scorer.Add(empty);

        Assert.Equal(0, scorer.RowCount);
        Assert.All(scorer.Results(), m => Assert.True(double.IsNaN(m.Value) || m.Value == 0, $"{m}"));
    }

    static Scorer Score(Model model, int first, int rows, Func<int, double>? weight = null)
    {
        Scorer scorer = model.NewScorer();
        Add(scorer, first, rows, weight ?? TestTiles.SampleWeight);
        return scorer;
    }

    static void Add(Scorer scorer, int first, int rows, Func<int, double> weight)
    {
        using RowBatch tile = TestTiles.Create(
            3, rows, (i, j) => TestTiles.Sample(first + i, j), i => (first + i) % 2, i => weight(first + i));
        scorer.Add(tile);
    }

    static void AssertEqual(IReadOnlyList<Metric> expected, IReadOnlyList<Metric> actual, double tolerance)
    {
        Assert.Equal(expected.Select(m => (m.Name, m.Class)), actual.Select(m => (m.Name, m.Class)));
        for (int i = 0; i < expected.Count; i++)
        {
            double wanted = expected[i].Value, found = actual[i].Value;
            bool close = wanted.Equals(found) || Math.Abs(wanted - found) <= tolerance * Math.Max(1, Math.Abs(wanted));
            Assert.True(close, $"Wanted {expected[i]}, found {actual[i]}.");
        }
    }
}
