using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.State;
using Streaming.Storage;
using static System.FormattableString;

namespace Streaming.Learning.Training.Checkpoints;

/// <summary>All that the result of a run depends on, as facts with names: a run is resumed only where all of them still hold.</summary>
sealed class RunFingerprint : IPersistent
{
    const int MostShown = 5;

    string[] names;
    string[] values;

    RunFingerprint(IEnumerable<(string Name, string Value)> facts)
    {
        names = [.. facts.Select(f => f.Name)];
        values = [.. facts.Select(f => f.Value)];
    }

    /// <summary>The fingerprint of a run.</summary>
    public static RunFingerprint Of(Sweep sweep, Dataset dataset, TrainingOptions options) => new(
    [
        ("version of streaming", typeof(RunFingerprint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion),
        ("estimator", sweep.First.Name),
        .. sweep.Candidates.SelectMany((c, i) => FactsOf(c, sweep.IsContest ? $"candidate {i + 1}, " : "")),
        .. sweep.IsContest ? [("option drop-after", $"{sweep.DropAfter}"), ("option keep", Invariant($"{sweep.Keep}"))] : Array.Empty<(string, string)>(),
        .. OptionsOf(options),
        ("option where", dataset.Options.Where?.Text ?? "none"),
        ("option missing-columns", dataset.Options.MissingColumns.ToString()),
        ("option init", options.Init == null ? "none" : HashOf(options.Init)),
        .. FilesOf("file", dataset),
        .. options.Validation == null ? [] : FilesOf("validation file", options.Validation),
    ]);

    /// <summary>Refuses to go on from a checkpoint of another run.</summary>
    /// <param name="checkpoint">What was written down; its next part is the fingerprint.</param>
    /// <exception cref="CheckpointException">Something has changed: says what.</exception>
    public void RequireSame(StateReader checkpoint)
    {
        var written = new RunFingerprint([]);
        written.Persist(checkpoint);
        Dictionary<string, string> before = written.ToDictionary(), now = ToDictionary();
        string[] changes =
        [
            .. names.Where(n => before.TryGetValue(n, out string? old) && old != now[n]).Select(n => $"{n} was {before[n]} and is now {now[n]}"),
            .. written.names.Where(n => !now.ContainsKey(n)).Select(n => $"{n} is gone"),
            .. names.Where(n => !before.ContainsKey(n)).Select(n => $"{n} is new"),
        ];
        if (changes.Length == 0)
            return;

        string more = changes.Length > MostShown ? $" (and {changes.Length - MostShown} more)" : "";
        throw new CheckpointException(
            $"The run can't be resumed, as not all is as it was: {string.Join("; ", changes.Take(MostShown))}{more}. "
            + "Resume with what the run was started with, or start anew in another folder.");
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Texts(ref names);
        state.Texts(ref values);
    }

    Dictionary<string, string> ToDictionary()
    {
        var facts = new Dictionary<string, string>();
        for (int i = 0; i < names.Length; i++)
            facts[names[i]] = values[i];

        return facts;
    }

    static IEnumerable<(string, string)> FactsOf(SweepCandidate candidate, string prefix) =>
    [
        .. EstimatorParameters.Of(candidate.Estimator.GetType()).Select(p => ($"{prefix}parameter {p.KebabName}", p.Format(candidate.Estimator))),
        .. candidate.Epochs is { } epochs ? [($"{prefix}epochs", Invariant($"{epochs}"))] : Array.Empty<(string, string)>(),
    ];

    // By reflection, so that no option is forgotten. What is no plain value (progress, checkpoints, other data) is no option of this kind.
    static IEnumerable<(string, string)> OptionsOf(TrainingOptions options) =>
        from property in typeof(TrainingOptions).GetProperties()
        where property.Name != nameof(TrainingOptions.Workers)
        let value = TextOf(property.GetValue(options), property.PropertyType)
        where value != null
        select ($"option {EstimatorParameter.KebabCase(property.Name)}", value);

    static string? TextOf(object? value, Type type)
    {
        if (type == typeof(IReadOnlyList<string>))
            return string.Join(',', (IReadOnlyList<string>)value!);

        if (value is IReadOnlyList<Transformer> steps)
            return steps.Count == 0 ? "none" : string.Join("; ", steps);

        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain.IsPrimitive || plain.IsEnum || plain == typeof(string)
            ? value == null ? "none" : Convert.ToString(value, CultureInfo.InvariantCulture)
            : null;
    }

    static string HashOf(Model model)
    {
        using var bytes = new MemoryStream();
        ModelFile.Write(bytes, model);
        return $"a model with the hash {Convert.ToHexString(SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)).AsSpan(0, 8))}";
    }

    static IEnumerable<(string, string)> FilesOf(string role, Dataset dataset) => dataset.Files.Select(f =>
        ($"{role} '{FileStore.FullName(f.Name)}'", $"{f.Parquet.Length} bytes with the footer {f.Parquet.FooterHash}"));
}
