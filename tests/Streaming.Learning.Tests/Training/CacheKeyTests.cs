using System.Reflection;
using Streaming.Learning.Data;
using Streaming.Learning.Training.Caching;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>Whatever tiles depend on is in the key that they are cached under; what they don't depend on isn't.</summary>
public sealed class CacheKeyTests : IDisposable
{
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    /// <summary>
    /// Who gives one of these types another property decides whether tiles depend on it, and if so adds it to <c>CacheKey</c>: otherwise old tiles
    /// would be taken for new ones. Rules for values are found by reflection.
    /// </summary>
    [Theory]
    [InlineData(typeof(TileSource), "Dataset Columns Scaling Target Filter BatchSize Rules")]
    [InlineData(typeof(FeatureColumn), "Name First Length Encoding")]
    [InlineData(typeof(TargetInfo), "Name Kind ClassType Classes Counts")]
    [InlineData(typeof(RowFilter), "Share HoldoutFraction Seed")]
    [InlineData(typeof(DatasetOptions), "Where MissingColumns Store")]
    public void Types_HaveNoPropertyThatTheKeyWasNotAskedAbout(Type type, string known)
    {
        IEnumerable<string> found = type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(p => p.CanWrite)
            .Select(p => p.Name);
        Assert.Equal(known.Split(' ').Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Key_ChangesWithAllThatTilesDependOn()
    {
        await data.WriteNumberedAsync("a.parquet", 100, 50);
        using Dataset dataset = data.Open("a.parquet");
        ColumnSelection columns = ColumnSelection.Resolve(dataset, ["row", "x"], [], null, null);
        var source = new TileSource(dataset, columns, FeatureScaling.Identity(2), null, RowFilter.None, 100);
        var filled = new ValueRules(ValueHandling.Mean, ValueHandling.Error) { Means = [1, 2] };
        TileSource[] others =
        [
            source with { Columns = ColumnSelection.Resolve(dataset, ["x"], [], null, null), Scaling = FeatureScaling.Identity(1) },
            source with { Scaling = new FeatureScaling([0, 1e-300], [1, 1]) },
            source with { Scaling = new FeatureScaling([0, 0], [1, 1 + 1e-15]) },
            source with { Columns = ColumnSelection.Resolve(dataset, ["row"], [], "x", null), Scaling = FeatureScaling.Identity(1), Target = new TargetInfo("x", TargetKind.Number, ClassType.Integer, []) },
            source with { Filter = new RowFilter(RowShare.Training, 0.2, 1) },
            source with { Filter = new RowFilter(RowShare.Holdout, 0.2, 1) },
            source with { Filter = new RowFilter(RowShare.Training, 0.2, 2) },
            source with { Rules = filled },
            source with { Rules = filled with { Means = [1, 3] } },
            source with { Rules = filled with { MissingByFeature = [ValueHandling.Mean, ValueHandling.Zero], MissingFills = [1, 0] } },
            source with { Rules = filled with { OnInfinite = ValueHandling.Drop } },
        ];
        string[] keys = [KeyOf(source), KeyOf(source, doubles: true), KeyOf(source, partitions: 3), .. others.Select(o => KeyOf(o))];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(keys[0], KeyOf(source with { BatchSize = 7 }));
    }

    [Fact]
    public async Task Key_OfAFileThatWasWrittenAnew_IsAnother()
    {
        string path = await data.WriteNumberedAsync("a.parquet", 100);
        string before = KeyOfFile();
        Assert.Equal(before, KeyOfFile());

        // Same length, same footer: only the time tells.
        File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddSeconds(-1));
        Assert.NotEqual(before, KeyOfFile());

        string KeyOfFile()
        {
            using Dataset dataset = Dataset.Open(path);
            ColumnSelection columns = ColumnSelection.Resolve(dataset, ["row", "x"], [], null, null);
            return KeyOf(new TileSource(dataset, columns, FeatureScaling.Identity(2), null, RowFilter.None, 100));
        }
    }

    static string KeyOf(TileSource source, bool doubles = false, int partitions = 2) => Convert.ToHexString(CacheKey.Of(source, doubles, partitions));
}
