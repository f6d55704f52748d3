using Streaming.Storage.S3;
using Streaming.Storage.Tests.S3.Proxy;
using Streaming.Storage.Tests.S3.Server;
using Xunit;

namespace Streaming.Storage.Tests.S3;

/// <summary>What networks, servers and credentials do to reads, one fault at a time: by a proxy between the code under test and a real server.</summary>
[Trait("Category", "S3")]
public sealed class BadDaysTests(S3Server server) : IAsyncLifetime
{
    static readonly byte[] Content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 31 >> 3))];

    // On a busy machine answers may take longer than a test likes to wait for one that never comes.
    static readonly TimeSpan ShortSilence = TimeSpan.FromSeconds(1);
    static readonly TimeSpan LongSilence = TimeSpan.FromMinutes(1);

    S3Bucket bucket = null!;

    public async ValueTask InitializeAsync()
    {
        bucket = await server.NewBucketAsync();
        await bucket.PutAsync("a.bin", Content);
    }

    public async ValueTask DisposeAsync()
    {
        if (bucket != null)
            await bucket.DisposeAsync();
    }

    [Theory]
    [InlineData(Fault.Reset)]
    [InlineData(Fault.LostAnswer)]
    [InlineData(Fault.Truncated)]
    [InlineData(Fault.Stall)]
    [InlineData(Fault.InternalError)]
    [InlineData(Fault.SlowDown)]
    [InlineData(Fault.TooManyRequests)]
    [InlineData(Fault.ClockSkew)]
    [InlineData(Fault.ExpiredToken)]
    [InlineData(Fault.WrongByte)]
    public async Task Read_AfterTwoFaultsThatPass_GivesTheBytes(Fault fault)
    {
        int reads = 0;
        await using var proxy = new FaultyProxy(server.Url, r => r.IsRead && Interlocked.Increment(ref reads) <= 2 ? fault : Fault.None);
        using FileStore store = StoreOver(proxy, fault == Fault.Stall ? ShortSilence : LongSilence);
        using ByteRangeSource source = store.FindFile(bucket.In("a.bin"))!.Open();
        Assert.Equal(Content, Read(source));
        Assert.InRange(proxy.Seen.Count(s => s.Request.IsRead), 3, fault == Fault.Stall ? 9 : 3);
    }

    [Fact]
    public async Task Read_WhoseFirstByteIsSlow_IsNotRepeated()
    {
        await using var proxy = new FaultyProxy(server.Url, r => r.IsRead ? Fault.SlowFirstByte : Fault.None);
        using FileStore store = StoreOver(proxy, LongSilence);
        using ByteRangeSource source = store.FindFile(bucket.In("a.bin"))!.Open();
        Assert.Equal(Content, Read(source));
        Assert.Equal(1, proxy.Seen.Count(s => s.Request.IsRead));
    }

    [Theory]
    [InlineData(Fault.Reset, "tried 3 times")]
    [InlineData(Fault.Stall, "tried 3 times")]
    [InlineData(Fault.InternalError, "500 InternalError")]
    [InlineData(Fault.SlowDown, "fewer requests (503 SlowDown)")]
    [InlineData(Fault.AccessDenied, "access is denied (403)")]
    [InlineData(Fault.NotFound, "was replaced or removed", "there is no such object")]
    [InlineData(Fault.ClockSkew, "clock of this machine is wrong")]
    [InlineData(Fault.ExpiredToken, "credentials have expired")]
    public async Task Read_WithAFaultThatStays_EndsWithOneLineThatNamesTheObject(Fault fault, params string[] wanted)
    {
        await using var proxy = new FaultyProxy(server.Url, r => r.IsRead ? fault : Fault.None);
        using FileStore store = StoreOver(proxy, fault == Fault.Stall ? ShortSilence : LongSilence, attempts: 3);
        using ByteRangeSource source = store.FindFile(bucket.In("a.bin"))!.Open();
        var error = Assert.Throws<IOException>(() => Read(source));
        Assert.StartsWith($"'{bucket.In("a.bin")}': ", error.Message);
        Assert.True(wanted.Any(w => error.Message.Contains(w, StringComparison.Ordinal)), error.Message);
        Assert.DoesNotContain('\n', error.Message);
        S3Secrets.AssertNone(error.Message);
    }

    [Fact]
    public void Find_OfAServerWhoseNameIsUnknown_SaysSo()
    {
        using var store = new FileStore(new S3Options { EndpointUrl = "http://s3.invalid", Attempts = 2 });
        var error = Assert.Throws<IOException>(() => store.Find([bucket.In("a.bin")]));
        Assert.Contains("can't be resolved", error.Message);
        S3Secrets.AssertNone(error.Message);
    }

    [Fact]
    public async Task Read_FromManyThreadsWithAFifthOfTheRequestsFailing_GivesTheBytes()
    {
        var faults = new SeededFaults(
            7, every: 5, Fault.Reset, Fault.LostAnswer, Fault.Truncated, Fault.Stall, Fault.InternalError, Fault.SlowDown, Fault.SlowFirstByte, Fault.ExpiredToken);
        await using var proxy = new FaultyProxy(server.Url, faults.Choose);
        using FileStore store = StoreOver(proxy, ShortSilence);
        using ByteRangeSource source = store.FindFile(bucket.In("a.bin"))!.Open();
        Parallel.For(0, 100, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            var bytes = new byte[3000];
            source.Read(i * 3000, bytes);
            Assert.Equal(Content[(i * 3000)..((i + 1) * 3000)], bytes);
        });
        Assert.Contains(proxy.Seen, s => s.Fault != Fault.None);
    }

    static FileStore StoreOver(FaultyProxy proxy, TimeSpan silence, int attempts = 9) =>
        new(new S3Options { EndpointUrl = proxy.Url, IdleTimeout = silence, Attempts = attempts });

    static byte[] Read(ByteRangeSource source)
    {
        var bytes = new byte[source.Length];
        source.Read(0, bytes);
        return bytes;
    }
}
