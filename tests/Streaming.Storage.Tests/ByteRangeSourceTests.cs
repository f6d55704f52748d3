using Streaming.Storage.S3;
using Streaming.Storage.Tests.S3.Server;
using Xunit;

namespace Streaming.Storage.Tests;

/// <summary>What every source must do, whatever is behind it.</summary>
public abstract class ByteRangeSourceTests
{
    static readonly byte[] Content = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 31 >> 3))];

    protected abstract Task<ByteRangeSource> OpenAsync(byte[] content);

    [Fact]
    public async Task Read_AnyRange_GivesThoseBytes()
    {
        using ByteRangeSource source = await OpenAsync(Content);
        Assert.Equal(Content.Length, source.Length);
        foreach ((int offset, int length) in new[] { (0, 0), (0, 1), (1, 4096), (99_999, 1), (0, 100_000), (100_000, 0), (777, 50_001) })
        {
            var bytes = new byte[length];
            source.Read(offset, bytes);
            Assert.Equal(Content[offset..(offset + length)], bytes);
        }
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(100_000, 1)]
    [InlineData(99_990, 11)]
    [InlineData(long.MaxValue, 2)]
    public async Task Read_OutsideTheSource_SaysWhatWasWantedAndFound(long offset, int length)
    {
        using ByteRangeSource source = await OpenAsync(Content);
        var error = Assert.Throws<IOException>(() => source.Read(offset, new byte[length]));
        Assert.Contains(offset.ToString(), error.Message);
        Assert.Contains("100000", error.Message);
        Assert.Contains(source.Name, error.Message);
    }

    [Fact]
    public async Task Read_FromManyThreads_CountsEveryByte()
    {
        using ByteRangeSource source = await OpenAsync(Content);
        Parallel.For(0, 64, i =>
        {
            var bytes = new byte[1000];
            source.Read(i * 1000, bytes);
            Assert.Equal(Content[(i * 1000)..((i + 1) * 1000)], bytes);
        });
        Assert.Equal(64_000, source.BytesRead);
        Assert.Equal(64, source.Requests);
    }

    public sealed class Memory : ByteRangeSourceTests
    {
        protected override Task<ByteRangeSource> OpenAsync(byte[] content) => Task.FromResult<ByteRangeSource>(new MemorySource("memory", content));
    }

    public sealed class LocalFile : ByteRangeSourceTests, IDisposable
    {
        readonly TempFolder folder = new();

        protected override Task<ByteRangeSource> OpenAsync(byte[] content) =>
            Task.FromResult<ByteRangeSource>(LocalFileSource.Open(folder.Write("a.bin", content)));

        [Fact]
        public void Read_FileCutShortMeanwhile_SaysSo()
        {
            string path = folder.Write("cut.bin", new byte[1000]);
            using LocalFileSource source = LocalFileSource.Open(path);
            using IDisposable hold = source.Hold();
            using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
                file.SetLength(10);

            var error = Assert.Throws<IOException>(() => source.Read(0, new byte[100]));
            Assert.Contains("cut short", error.Message);
        }

        [Fact]
        public void Read_FileReplacedMeanwhile_SaysSo()
        {
            string path = folder.Write("new.bin", new byte[1000]);
            using LocalFileSource source = LocalFileSource.Open(path);
            File.Delete(path);
            folder.Write("new.bin", new byte[2000]);
            var error = Assert.Throws<IOException>(() => source.Read(0, new byte[100]));
            Assert.Contains("was changed", error.Message);
            Assert.Contains("2000", error.Message);
        }

        [Theory]
        [InlineData(1000)]
        [InlineData(1500)]
        public void Read_FileOverwrittenInPlaceWhileItIsOpen_SaysSo(int length)
        {
            string path = folder.Write("over.bin", new byte[1000]);
            using LocalFileSource source = LocalFileSource.Open(path);
            using IDisposable hold = source.Hold();
            source.Read(0, new byte[100]);
            using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
                file.Write(Content.AsSpan(0, length));

            // The clock of the file system may stand for some milliseconds.
            File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddSeconds(2));
            var error = Assert.Throws<IOException>(() => source.Read(100, new byte[100]));
            Assert.Contains($"'{path}' was changed while it was being read: it had 1000 bytes, written at 2", error.Message);
            Assert.Contains($"and has {length}, written at 2", error.Message);
        }

        [Fact]
        public void Read_FileDeletedMeanwhile_SaysSo()
        {
            string path = folder.Write("gone.bin", new byte[1000]);
            using LocalFileSource source = LocalFileSource.Open(path);
            File.Delete(path);
            var error = Assert.Throws<FileNotFoundException>(() => source.Read(0, new byte[100]));
            Assert.Equal($"'{path}' was moved or deleted while it was being read. Put it back, or start again without it.", error.Message);
        }

        [Fact]
        public void Read_WhileNobodyHoldsIt_LeavesTheFileClosed()
        {
            using LocalFileSource source = LocalFileSource.Open(folder.Write("closed.bin", new byte[1000]));
            source.Read(0, new byte[10]);
            Assert.False(IsOpen("closed.bin"));
            using (source.Hold())
            using (source.Hold())
            {
                source.Read(0, new byte[10]);
                Assert.True(IsOpen("closed.bin"));
            }

            Assert.False(IsOpen("closed.bin"));
        }

        static bool IsOpen(string name)
        {
            Assert.SkipUnless(OperatingSystem.IsLinux(), "Open files are told by /proc.");
            return Directory.GetFiles("/proc/self/fd").Any(f => new FileInfo(f).LinkTarget?.EndsWith(name, StringComparison.Ordinal) == true);
        }

        public void Dispose() => folder.Dispose();
    }

    [Trait("Category", "S3")]
    public sealed class ObjectInS3(S3Server server) : ByteRangeSourceTests, IAsyncLifetime
    {
        S3Bucket bucket = null!;
        FileStore store = null!;

        public async ValueTask InitializeAsync()
        {
            bucket = await server.NewBucketAsync();
            store = new FileStore(new S3Options { EndpointUrl = server.Url });
        }

        public async ValueTask DisposeAsync()
        {
            store.Dispose();
            await bucket.DisposeAsync();
        }

        protected override async Task<ByteRangeSource> OpenAsync(byte[] content) => store.FindFile(await bucket.PutAsync("a.bin", content))!.Open();

        [Fact]
        public async Task Read_ObjectReplacedMeanwhile_SaysSo()
        {
            using ByteRangeSource source = await OpenAsync(new byte[1000]);
            await bucket.PutAsync("a.bin", [.. Enumerable.Repeat((byte)1, 1000)]);
            var error = Assert.Throws<IOException>(() => source.Read(0, new byte[100]));
            Assert.Contains("was replaced", error.Message);
            Assert.Contains(bucket.In("a.bin"), error.Message);
        }

        [Fact]
        public async Task Read_ObjectRemovedMeanwhile_NamesIt()
        {
            using ByteRangeSource source = await OpenAsync(new byte[1000]);
            await bucket.DeleteAsync("a.bin");
            var error = Assert.Throws<IOException>(() => source.Read(0, new byte[100]));
            Assert.Contains(bucket.In("a.bin"), error.Message);
        }
    }
}
