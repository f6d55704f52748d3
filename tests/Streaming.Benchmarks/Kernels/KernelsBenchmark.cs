using System.CommandLine;
using System.Globalization;
using System.Text;

namespace Streaming.Benchmarks.Kernels;

/// <summary>How near the kernels come to what the machine can do.</summary>
static class KernelsBenchmark
{
    /// <summary>The command <c>kernels</c>.</summary>
    public static Command Create()
    {
        Option<string> output = new("--output") { Description = "The Markdown file to write.", Required = true };
        Option<int> turns = new("--turns") { Description = "Turns, of which the best counts.", DefaultValueFactory = _ => 100 };
        Option<string> only = new("--only") { Description = "A word that the names of kernels must have.", DefaultValueFactory = _ => "" };
        var command = new Command("kernels", "Measures kernels beside the machine's ceilings.") { output, turns, only };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(turns), parsed.GetValue(only)!, parsed.GetValue(output)!, cancellation));
        return command;
    }

    static async Task RunAsync(int turns, string only, string output, CancellationToken cancellation)
    {
        using var tiles = new KernelTiles();
        var text = new StringBuilder(Introduction(turns));
        foreach (KernelCase kernel in new[]
        {
            KernelCases.Assignment(tiles, 16, 8, 0.75),
            KernelCases.Assignment(tiles, 32, 100, 0.75),
            KernelCases.Assignment(tiles, 64, 256, 0.85),
            KernelCases.Assignment(tiles, 784, 100, 0.92),
            KernelCases.Covariance(tiles, 28, 0.8),
            KernelCases.Covariance(tiles, 128, 0.8),
            KernelCases.Covariance(tiles, 784, 0.8),
            KernelCases.FloatCovariance(tiles, 28, 0.8),
            KernelCases.FloatCovariance(tiles, 128, 0.8),
            KernelCases.FloatCovariance(tiles, 784, 0.8),
            KernelCases.LogisticGradient(tiles, 28, 0.85),
            KernelCases.LogisticGradient(tiles, 784, 0.85),
            KernelCases.Update(tiles, 16, 8),
            KernelCases.Update(tiles, 32, 100),
            KernelCases.Update(tiles, 64, 256),
            KernelCases.Update(tiles, 784, 100),
            KernelCases.PerSample(tiles, 28),
            KernelCases.Curvature(tiles, 28),
        }.Where(k => k.Name.Contains(only)))
        {
            double[] seconds = KernelClock.Best(turns, kernel.Run, kernel.Ceiling);
            double speed = kernel.Work / seconds[0], ceiling = kernel.CeilingWork / seconds[1];
            string share = kernel.Goal is { } goal
                ? string.Create(CultureInfo.InvariantCulture, $"{speed / ceiling:P0} | {goal:P0} | {speed / ceiling / goal:P0}")
                : string.Create(CultureInfo.InvariantCulture, $"{speed / ceiling:F1} x | |");
            string row = string.Create(
                CultureInfo.InvariantCulture,
                $"| {kernel.Name} | {speed:G3} {kernel.Unit} | {ceiling:G3} ({kernel.CeilingName}) | {share} |");
            Console.WriteLine(row);
            text.Append(row).Append('\n');
        }

        ReportFile.Write(output, text.ToString());
    }

    static string Introduction(int turns) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        # Kernels beside the machine's ceilings

        {Machine.Describe()}

        One thread, on a tile that stays in the second-level cache, as right after decoding. Kernel and ceiling by turns, about 10 ms of processor time
        each, the best of {turns} turns. Covariances for least squares are summed from products of doubles, so they are held against the peak of doubles; those for principal components from products of float32. A gradient reads doubles, too. Where there is no ceiling,
        a plain loop of C# stands in its place. 85 % of a goal is the floor.

        ```sh
        dotnet run -c Release --project tests/Streaming.Benchmarks -- kernels --turns {turns} --output FILE.md
        ```

        | kernel | speed | ceiling | share | goal | of goal |
        |---|---:|---:|---:|---:|---:|

        """);
}
