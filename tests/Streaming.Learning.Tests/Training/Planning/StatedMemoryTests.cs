using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Passes;
using Streaming.Learning.Tests.Estimators;
using Xunit;

namespace Streaming.Learning.Tests.Training.Planning;

/// <summary>What estimators state before a run is held against what they then allocate, and the passes that they ask for.</summary>
public sealed class StatedMemoryTests
{
    const int Rows = 4000;
    const int Partitions = 4;
    const int BatchSize = 500;
    const int Epochs = 2;

    // Names of features, the model and its header, the test's own objects: nothing that a plan has to count.
    const long Small = 2_000_000;

    /// <summary>Every estimator, few and many features, and what else decides how much they hold.</summary>
    public static TheoryData<string, int, int, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, int, int, string>();
            foreach (Estimator estimator in EstimatorCatalog.All)
            {
                foreach (int features in (int[])[60, 300])
                {
                    cases.Add(estimator.Name, features, 2, "");
                    if (estimator.TargetKind == TargetKind.Classes)
                        cases.Add(estimator.Name, features, 5, "");
                }
            }

            foreach (string name in (string[])["sgd-classifier", "sgd-regressor"])
            {
                cases.Add(name, 900, 30, "");
                cases.Add(name, 900, 30, "learning_rate=constant eta0=0.001 penalty=elasticnet average=true");
                cases.Add(name, 900, 30, "learning_rate=constant eta0=0.0001 mini_batch_size=300");
            }

            cases.Add("logistic-regression", 900, 30, "max_iter=5");
            cases.Add("mini-batch-kmeans", 100, 0, "n_clusters=300");
            cases.Add("mini-batch-kmeans", 100, 0, "n_clusters=8 init_size=300");
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Plan_IsWithinTwiceOfWhatIsAllocated(string name, int features, int classes, string parameters)
    {
        Estimator estimator = EstimatorCatalog.Create(name);
        foreach (string[] pair in parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=')))
            EstimatorParameters.Of(estimator.GetType()).Single(p => p.SnakeName == pair[0]).Set(estimator, pair[1]);

        var shape = new RunShape(
            features, estimator.TargetKind == TargetKind.Classes ? classes : 0, Rows, Partitions, Rows / Partitions, BatchSize, Epochs, HasWeights: false);
        IReadOnlyList<PassPlan> plan = estimator.Plan(shape);
        double[][] rows = [.. Enumerable.Range(0, Rows).Select(i => Enumerable.Range(0, features).Select(j => Value(i, j)).ToArray())];
        double[]? target = estimator.TargetKind switch
        {
            TargetKind.None => null,
            TargetKind.Classes => [.. rows.Select((_, i) => (double)(i % classes))],
            _ => [.. rows.Select(r => r[0] - r[1])],
        };
        var harness = new Harness(rows, target)
        {
            BatchSize = BatchSize,
            Partitions = Partitions,
            Epochs = Epochs,
            Classes = estimator.TargetKind == TargetKind.Classes ? [.. Enumerable.Range(0, classes).Select(c => $"{c}")] : [],
        };
        var asked = new List<PassPlan>();
        long before = GC.GetAllocatedBytesForCurrentThread();
        (Model _, _) = harness.Fit(estimator, pass => asked.Add(PassPlan.Of(pass)));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // Sums are made anew for every pass, the rest once.
        long sums = asked.Sum(a => plan.Single(p => a.Purpose.StartsWith(p.Purpose, StringComparison.Ordinal)).PartitionBytes * Partitions);
        long stated = plan.Max(p => p.FixedBytes) + sums;
        Assert.InRange(stated, (allocated - Small) / 2, (allocated + Small) * 2);
        CheckPasses(plan, asked);

        double Value(int row, int feature) => estimator.NeedsCounts ? Math.Abs(Sample.U(row, feature)) : Sample.U(row, feature);
    }

    // The passes that were asked for are the planned ones, in their order, as often as planned.
    static void CheckPasses(IReadOnlyList<PassPlan> plan, List<PassPlan> asked)
    {
        int next = 0;
        foreach (PassPlan planned in plan)
        {
            int times = 0;
            while (next < asked.Count && asked[next].Purpose.StartsWith(planned.Purpose, StringComparison.Ordinal))
            {
                PassPlan found = asked[next++];
                Assert.Equal(
                    (planned.Kind, planned.NeedsRowMajor, planned.NeedsDoubles, planned.WantsShuffledRows),
                    (found.Kind, found.NeedsRowMajor, found.NeedsDoubles, found.WantsShuffledRows));
                times++;
            }

            Assert.InRange(times, planned.Least, planned.Most ?? int.MaxValue);
        }

        Assert.Equal(asked.Count, next);
    }
}
