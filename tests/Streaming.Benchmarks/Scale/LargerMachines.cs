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

    // To receive a byte, 0.57, rather than to read it from the page cache, 0.1 (s3.md).
    const double S3Nanoseconds = 0.5;

    /// <summary>The tables, from fits of so many columns on one worker.</summary>
    public static string Reckon(IReadOnlyList<string> estimators, IReadOnlyList<ScaleOutcome> costs, int columns)
    {
        var text = new StringBuilder($"""

            ## Larger machines, reckoned

            Not measured, but reckoned from what one worker took above, per row of {columns} values: bytes, the processor's time for reading and decoding them and all else that workers
            share, and its time for learning. `gaussian-nb` and its like share learning too; a learner that goes row by row is one thread. All cores are taken to be as fast as that one, and memory to keep up.

            | estimator | bytes per row | reading and decoding, ns per byte | learning, ns per value | learning, ns per row |
            |---|---:|---:|---:|---:|

            """);
        for (int e = 0; e < costs.Count; e++)
        {
            (double bytes, double shared, double learn) = PerRow(costs[e]);
            text.Append(CultureInfo.InvariantCulture, $"| `{estimators[e]}` | {bytes:F0} | {shared / bytes:F2} | {learn / columns:F2} | {learn:F0} |\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"""

            Rows per second, and what sets them; from S3 a byte costs {S3Nanoseconds} ns of a core more (`s3.md`).

            | estimator | cores | link, Gbit/s | from disk, Mrow/s | bound by | from S3, Mrow/s | bound by |
            |---|---:|---:|---:|---|---:|---|

            """);
        for (int e = 0; e < costs.Count; e++)
        {
            foreach (int cores in Cores)
            {
                foreach (int link in Links)
                {
                    bool learnsInOrder = estimators[e] == "sgd-classifier";
                    (double rate, string bound) = Pace(costs[e], learnsInOrder, cores, link, 0);
                    (double remote, string boundRemote) = Pace(costs[e], learnsInOrder, cores, link, S3Nanoseconds);
                    text.Append(CultureInfo.InvariantCulture, $"| `{estimators[e]}` | {cores} | {link} | {rate / 1e6:F1} | {bound} | {remote / 1e6:F1} | {boundRemote} |\n");
                }
            }
        }

        return text.ToString();
    }

    // Bytes and nanoseconds.
    static (double Bytes, double Shared, double Learn) PerRow(ScaleOutcome cost) =>
        ((double)cost.Bytes / cost.Rows, 1e9 * Math.Max(0, cost.Processor - cost.Learn) / cost.Rows, 1e9 * cost.Learn / cost.Rows);

    static (double RowsPerSecond, string Bound) Pace(ScaleOutcome cost, bool learnsInOrder, int cores, int gigabits, double nanosecondsPerByte)
    {
        (double bytes, double shared, double learn) = PerRow(cost);
        double processor = cores * 1e9 / (shared + learn + bytes * nanosecondsPerByte);
        double link = gigabits * 1e9 / 8 / bytes;
        double learner = learnsInOrder ? 1e9 / learn : double.PositiveInfinity;
        return Enumerable.MinBy([(processor, "cores"), (link, "link"), (learner, "the one learner")], p => p.Item1);
    }
}
