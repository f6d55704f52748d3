namespace Streaming.Benchmarks.Decode;

/// <summary>One that can decode a file and give the sum of every column.</summary>
abstract class Peer
{
    /// <summary>Its name in tables.</summary>
    public abstract string Name { get; }

    /// <summary>Decodes all columns on so many threads.</summary>
    public abstract double[] Sum(string path, int threads);
}

/// <summary>A library that reads row groups: each thread takes the next one, through a reader of its own.</summary>
abstract class LibraryPeer : Peer
{
    public override double[] Sum(string path, int threads)
    {
        int next = -1;
        var sums = new double[DecodeCase.Columns];
        Task[] workers = [.. Enumerable.Range(0, threads).Select(_ => Task.Run(() =>
        {
            using FileSummer file = Open(path);
            var own = new double[DecodeCase.Columns];
            for (int g = Interlocked.Increment(ref next); g < file.RowGroupCount; g = Interlocked.Increment(ref next))
                file.Add(g, own);

            lock (sums)
            {
                for (int i = 0; i < own.Length; i++)
                    sums[i] += own[i];
            }
        }))];
        Task.WaitAll(workers);
        return sums;
    }

    /// <summary>Opens the file for one thread.</summary>
    protected abstract FileSummer Open(string path);

    /// <summary>An open file.</summary>
    protected abstract class FileSummer : IDisposable
    {
        /// <summary>Row groups of the file.</summary>
        public abstract int RowGroupCount { get; }

        /// <summary>Adds a row group's columns to their sums.</summary>
        public abstract void Add(int rowGroup, double[] sums);

        public abstract void Dispose();
    }
}
