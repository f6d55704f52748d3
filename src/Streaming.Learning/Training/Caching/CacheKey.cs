using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Streaming.Learning.Data;
using Streaming.Learning.Models;
using Streaming.Storage;
using static System.FormattableString;

namespace Streaming.Learning.Training.Caching;

/// <summary>All that the tiles of a pass depend on, as a hash: tiles are cached under it, so that others are never taken for them.</summary>
static class CacheKey
{
    /// <summary>The key of what a pass reads.</summary>
    /// <param name="source">What it reads.</param>
    /// <param name="doubles">Whether features are double.</param>
    /// <param name="partitions">Partitions that the row groups were dealt to.</param>
    /// <returns>SHA-256.</returns>
    public static byte[] Of(TileSource source, bool doubles, int partitions)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string fact in FactsOf(source, doubles, partitions))
        {
            // With its length before it, so that no two lists of facts run together to the same text.
            byte[] text = Encoding.UTF8.GetBytes(fact);
            hash.AppendData(BitConverter.GetBytes(text.Length));
            hash.AppendData(text);
        }

        hash.AppendData(MemoryMarshal.AsBytes(source.Scaling.Offset));
        hash.AppendData(MemoryMarshal.AsBytes(source.Scaling.Factor));
        return hash.GetHashAndReset();
    }

    static IEnumerable<string> FactsOf(TileSource source, bool doubles, int partitions) =>
    [
        typeof(CacheKey).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
        Invariant($"{partitions} partitions, doubles {doubles}"),
        .. source.Columns.FeatureColumns.Select(c => Invariant($"feature {c.Name} {c.First} {c.Count}")),
        .. source.Columns.Types.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => $"type {t.Key} {t.Value}"),
        EncodingText.Write(source.Columns.Encoded),
        $"weight {source.Columns.Weight}",
        source.Target is { } target ? Invariant($"target {target.Name} {target.Kind} {target.ClassType} {target.Classes.Count}") : "no target",
        .. source.Target?.Classes ?? [],
        source.Filter.IsActive ? Invariant($"{source.Filter.Share} {source.Filter.HoldoutFraction:R} {source.Filter.Seed}") : "all rows",
        .. RulesOf(source.Rules),
        $"where {source.Dataset.Options.Where?.Text}",
        $"missing columns {source.Dataset.Options.MissingColumns}",
        .. source.Dataset.Files.Select(f => Invariant($"{FileStore.FullName(f.Name)} {f.Parquet.Length} {f.Parquet.FooterHash} {f.Parquet.Source.Version}")),
    ];

    // By reflection, so that none is forgotten.
    static IEnumerable<string> RulesOf(ValueRules rules) =>
        typeof(ValueRules).GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(p => p.CanWrite)
            .Select(p => $"rule {p.Name} {TextOf(p.GetValue(rules))}");

    static string TextOf(object? value) => value is IEnumerable list
        ? string.Join(' ', list.Cast<object>().Select(TextOf))
        : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "none";
}
