using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Streaming.Benchmarks.Peers;

/// <summary>An array in NumPy's format (.npy, version 1), row-major, written block by block.</summary>
sealed class NumpyFile<T> : IDisposable
    where T : unmanaged, INumber<T>
{
    // With its ten bytes in front the header is a multiple of 64.
    const int HeaderBytes = 118;

    readonly FileStream stream;
    readonly int columns;

    public NumpyFile(string path, long rows, int columns)
    {
        this.columns = columns;
        stream = File.Create(path);
        string shape = columns == 1 ? $"({rows},)" : $"({rows}, {columns})";
        string header = $"{{'descr': '<f{Marshal.SizeOf<T>()}', 'fortran_order': False, 'shape': {shape}, }}".PadRight(HeaderBytes - 1) + "\n";
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, HeaderBytes, 0]);
        stream.Write(Encoding.ASCII.GetBytes(header));
    }

    /// <summary>Adds the rows of a block of columns, from the one at <paramref name="first"/> on.</summary>
    public void Add(double[][] block, int first)
    {
        var rows = new T[block[first].Length * columns];
        for (int c = 0; c < columns; c++)
        {
            double[] column = block[first + c];
            for (int i = 0; i < column.Length; i++)
                rows[i * columns + c] = T.CreateTruncating(column[i]);
        }

        stream.Write(MemoryMarshal.AsBytes<T>(rows));
    }

    public void Dispose() => stream.Dispose();
}
