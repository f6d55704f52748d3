using Streaming.Storage.S3;
using Streaming.Storage.Tests.S3.Server;
using Xunit;

namespace Streaming.Storage.Tests.S3;

/// <summary>Prefixes, globs and folders with columns in S3 name the files that the same folder on disk would.</summary>
[Trait("Category", "S3")]
public sealed class FindTests(S3Server server) : IAsyncLifetime
{
    static readonly string[] Keys =
    [
        "t/a.parquet", "t/b.parquet", "t/c.csv", "t/_SUCCESS", "t/_delta_log/1.parquet", "t/.hidden.parquet", "t/year=2024/month=1/x.parquet",
        "t/year=2025/month=1/y.parquet", "t/_year=1/z.parquet", "t/a b+c%41&ü/d.parquet", "other/t/e.parquet", "t2/f.parquet", "t",
    ];

    readonly TempFolder folder = new();
    S3Bucket bucket = null!;
    FileStore store = null!;

    public async ValueTask InitializeAsync()
    {
        bucket = await server.NewBucketAsync();
        store = new FileStore(new S3Options { EndpointUrl = server.Url });
        foreach (string key in Keys)
        {
            await bucket.PutAsync(key, [1, 2, 3]);

            // A disk has no file with the name of a folder.
            if (key != "t")
                folder.Write(key, [1, 2, 3]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        folder.Dispose();
        store?.Dispose();
        if (bucket != null)
            await bucket.DisposeAsync();
    }

    [Theory]
    [InlineData("t/")]
    [InlineData("t/*.parquet")]
    [InlineData("t/?.parquet")]
    [InlineData("t/**/*.parquet")]
    [InlineData("t/**")]
    [InlineData("**")]
    [InlineData("t/year=*/*/*.parquet")]
    [InlineData("t/year=2024/")]
    [InlineData("*/*.parquet")]
    [InlineData("t/a b+c%41&ü/d.parquet")]
    public void Find_NamesTheFilesThatAFolderOnDiskWould(string path)
    {
        string[] inFolder = Relative(store.Find([$"{folder.Root}/{path}"]), $"{folder.Root}/");
        string[] inBucket = Relative(store.Find([bucket.In(path)]), bucket.In(""));
        Assert.NotEmpty(inFolder);
        Assert.Equal(inFolder, inBucket.Where(n => n != "t"));
    }

    [Fact]
    public void Find_OfANameThatIsAnObjectAndAPrefix_IsTheObject() => Assert.Equal([bucket.In("t")], store.Find([bucket.In("t")]).Select(f => f.Name));

    [Fact]
    public void Find_OfAPrefixWithoutASlash_LeavesOutItsNeighbours() =>
        Assert.Equal([bucket.In("other/t/e.parquet")], store.Find([bucket.In("other")]).Select(f => f.Name));

    [Fact]
    public async Task Find_InSeveralBucketsAndOnDisk_NamesEachFileOnceInOrder()
    {
        await using S3Bucket second = await server.NewBucketAsync();
        string inSecond = await second.PutAsync("a.parquet", [1]);
        string local = folder.Write("local/a.parquet", [1]);
        string[] names = [.. store.Find([inSecond, bucket.In("t2"), local, bucket.In("t2/*"), second.In("")]).Select(f => f.Name)];
        Assert.Equal(new[] { local, bucket.In("t2/f.parquet"), inSecond }.Order(StringComparer.Ordinal), names);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("none/")]
    [InlineData("t/*.none")]
    public void Find_OfNothing_NamesThePath(string path)
    {
        var error = Assert.ThrowsAny<IOException>(() => store.Find([bucket.In(path)]));
        Assert.Contains(bucket.In(path), error.Message);
    }

    [Fact]
    public void Find_InABucketThatIsNotThere_SaysSo()
    {
        var error = Assert.ThrowsAny<IOException>(() => store.Find(["s3://streaming-no-such-bucket/a/"]));
        Assert.Contains("no such bucket", error.Message);
        S3Secrets.AssertNone(error.Message);
    }

    [Theory]
    [InlineData("t/../other/t/e.parquet")]
    [InlineData("../t/a.parquet")]
    [InlineData("t/./a.parquet")]
    [InlineData("t/../*.parquet")]
    public void Find_OfAPathThatLeavesItsFolder_IsRefused(string path)
    {
        var error = Assert.ThrowsAny<Exception>(() => store.Find([bucket.In(path)]));
        Assert.True(error is ArgumentException or IOException, error.ToString());
        Assert.Contains(path, error.Message);
    }

    static string[] Relative(IEnumerable<StoredFile> files, string root) => [.. files.Select(f => f.Name[root.Length..])];
}
