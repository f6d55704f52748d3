using System.Globalization;
using System.Text;

namespace Streaming.Benchmarks.Scale;

/// <summary>
/// Where the bottleneck would be on machines that are not at hand, from what a worker took here: workers share decoding and sums; a learner that
/// goes row by row is one thread; the link brings the bytes. The slowest of the three sets the pace.
/// </summary>
static class LargerMachines
{
    static readonly int[] Cores = [2, 16, 64];
    static readonly int[] Links = [10, 100];

    /// <summary>The table, from fits on one worker.</summary>
    public static string Reckon(IReadOnlyList<string> estimators, IReadOnlyList<ScaleOutcome> costs)
    {
        var text = new StringBuilder("""

            ## Larger machines, reckoned

            Not measured: from the processor time and bytes per row of the one worker above. All cores are taken to be as fast as that one, and memory to keep up;
            storage to cost nothing but the link (from S3 a byte costs about 0.6 ns of a core on top). Rows per second, and what sets them.

            | estimator | cores | link, Gbit/s | Mrow/s | bound by |
            |---|---:|---:|---:|---|

            """);
        for (int e = 0; e < costs.Count; e++)
        {
            foreach (int cores in Cores)
            {
                foreach (int link in Links)
                {
                    (double rate, string bound) = Pace(costs[e], estimators[e] == "sgd-classifier", cores, link);
                    text.Append(CultureInfo.InvariantCulture, $"| `{estimators[e]}` | {cores} | {link} | {rate / 1e6:F0} | {bound} |\n");
                }
            }
        }

        return text.ToString();
    }

    static (double RowsPerSecond, string Bound) Pace(ScaleOutcome cost, bool learnsInOrder, int cores, int gigabits)
    {
        double processor = cores * cost.Rows / cost.Processor;
        double link = gigabits * 1e9 / 8 * cost.Rows / cost.Bytes;
        double learner = learnsInOrder ? cost.Rows / cost.Learn : double.PositiveInfinity;
        return Enumerable.MinBy([(processor, "cores"), (link, "link"), (learner, "the one learner")], p => p.Item1);
    }
}
