using Streaming.Storage.Tests.S3.Server;

namespace Streaming.Cli.Tests.S3;

/// <summary>
/// The same small data twice: in a folder and in a bucket, in files of a few row groups whose folders give a column. A group of texts, which is no feature, makes
/// all but the first two files larger than what is fetched with a footer.
/// </summary>
sealed class S3Flights : IAsyncDisposable
{
    readonly Scratch scratch = new();

    S3Flights(S3Bucket bucket) => Bucket = bucket;

    public S3Bucket Bucket { get; }

    /// <summary>The data on disk.</summary>
    public string Folder => scratch.In("flights");

    /// <summary>The data in S3.</summary>
    public string Prefix => Bucket.In("flights");

    public static async Task<S3Flights> CreateAsync(S3Server server)
    {
        var flights = new S3Flights(await server.NewBucketAsync());
        for (int month = 1; month <= 12; month++)
        {
            string folder = $"flights/month={month}";
            Directory.CreateDirectory(flights.scratch.In(folder));
            flights.scratch.Write(
                $"{folder}/a.parquet",
                $"SELECT i % 977 AS distance, (i * 7 + {month}) % 1440 AS minute, i % 7 AS day, (i % 977) / 50 + i % 11 AS delay, (i * {month}) % 3 = 0 AS late, "
                    + $"{{'text': {string.Join(" || ", Enumerable.Range(0, 6).Select(k => $"md5(({month} * 100000 + i * 6 + {k})::VARCHAR)"))}}} AS note "
                    + $"FROM range({month * 500}) t(i)",
                "ROW_GROUP_SIZE 2048");
        }

        await flights.Bucket.PutFolderAsync(flights.Folder, "flights");
        return flights;
    }

    /// <summary>The path of a file of the test's own on disk.</summary>
    public string In(string name) => scratch.In(name);

    public async ValueTask DisposeAsync()
    {
        scratch.Dispose();
        await Bucket.DisposeAsync();
    }
}
