using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics.X86;
using System.Text.Json;
using Streaming.Benchmarks.Kernels;

namespace Streaming.Benchmarks.Guard;

/// <summary>
/// Fails when something has become slower by more than a third, beside a peer or a ceiling in the same run, than it was when the ratios were
/// recorded. Machines are shared: times are processor times, the best of many turns count, and what looks slow is measured again.
/// </summary>
static class GuardBenchmark
{
    const int Rounds = 5;
    const int Turns = 5;
    const double Least = 2.0 / 3;

    static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    // Ratios to ceilings are those of a kind of processor: on others there is nothing to compare with until they are recorded.
    static string Kind => $"{Machine.Processor()}, {(Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : "no AVX2")}";

    /// <summary>The command <c>guard</c>.</summary>
    public static Command Create()
    {
        Option<string?> record = new("--record") { Description = "A file of ratios, in which those of this machine are written anew, in place of comparing." };
        var command = new Command("guard", "Fails when a ratio to a peer has fallen by more than a third.") { record };
        command.SetAction(parsed => Run(parsed.GetValue(record)));
        return command;
    }

    // Once in a process that compiles everything at once and for good: when the runtime gets round to compiling anew is chance.
    static int Run(string? record)
    {
        const string Tiers = "DOTNET_TieredCompilation";
        if (Environment.GetEnvironmentVariable(Tiers) == "0")
            return Compare(record);

        var start = new ProcessStartInfo(Environment.ProcessPath!, Environment.GetCommandLineArgs().Skip(1));
        start.Environment[Tiers] = "0";
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }

    static int Compare(string? record)
    {
        Dictionary<string, Dictionary<string, double>> all = Read(record ?? Path.Combine(AppContext.BaseDirectory, "Guard", "ratios.json"));
        Dictionary<string, double> recorded = record == null ? all.GetValueOrDefault(Kind, []) : [];
        var measured = new Dictionary<string, double>();
        using var cases = new GuardCases();
        foreach (KernelCase kernel in cases.All())
        {
            double wanted = recorded.TryGetValue(kernel.Name, out double known) ? known : 0;
            (double ratio, int rounds) = Measure(kernel, record == null ? Least * wanted : double.PositiveInfinity);
            measured[kernel.Name] = Math.Round(ratio, 3);
            string beside = wanted > 0 ? $"{wanted:F2} recorded, {ratio / wanted:P0}" : "none recorded";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kernel.Name}: {ratio:F2} of {kernel.CeilingName} ({beside}; rounds: {rounds})"));
        }

        if (record != null)
        {
            all[Kind] = measured;
            File.WriteAllText(record, JsonSerializer.Serialize(all, Format) + "\n");
        }

        string[] slow = [.. recorded.Where(r => measured.GetValueOrDefault(r.Key) < Least * r.Value).Select(r => r.Key)];
        Console.WriteLine(
            slow.Length > 0 ? $"Slower by more than a third than recorded, or no longer measured: {string.Join(", ", slow)}. If that is meant, record anew (guard --record FILE)."
            : recorded.Count > 0 ? "Nothing is slower by more than a third than recorded."
            : $"Nothing to compare with: no ratios are recorded for {Kind}.");
        return slow.Length == 0 ? 0 : 1;
    }

    // Rounds go on until the ratio is high enough; the best times of all rounds count, on both sides.
    static (double Ratio, int Rounds) Measure(KernelCase kernel, double enough)
    {
        double ours = double.PositiveInfinity, theirs = double.PositiveInfinity, ratio = 0;
        int round = 0;
        while (round < Rounds && !(ratio >= enough && round > 0))
        {
            double[] seconds = KernelClock.Best(Turns, kernel.Run, kernel.Ceiling);
            (ours, theirs) = (Math.Min(ours, seconds[0]), Math.Min(theirs, seconds[1]));
            ratio = kernel.Work / ours / (kernel.CeilingWork / theirs);
            round++;
        }

        return (ratio, round);
    }

    static Dictionary<string, Dictionary<string, double>> Read(string path) =>
        File.Exists(path) ? JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, double>>>(File.ReadAllText(path))! : [];
}
