using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Learning.Numerics;

/// <summary>
/// Turns columns into rows, 16 × 16 values at a time in registers. Values are moved, never computed on, so every path gives the
/// same bits; which path runs is up to the processor.
/// </summary>
static unsafe class Transpose
{
    /// <summary>Side of a block: floats in a cache line.</summary>
    internal const int Block = 16;

    /// <summary>Writes the rows of a column-major matrix one after another, each padded with zeros.</summary>
    /// <param name="columns">Column-major values: row i of column j at <c>columns[j * columnStride + i]</c>.</param>
    /// <param name="columnStride">Floats from one column to the next.</param>
    /// <param name="columnCount">Columns.</param>
    /// <param name="rowCount">Rows; no other rows are read or written.</param>
    /// <param name="rows">Receives row i from <c>rows[i * rowStride]</c> on.</param>
    /// <param name="rowStride">Floats from one row to the next; a multiple of 16, at least <paramref name="columnCount"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToRows(float* columns, long columnStride, int columnCount, int rowCount, float* rows, long rowStride)
    {
        int whole = rowCount / Block * Block;
        for (int i = 0; i < whole; i += Block)
        {
            for (int j = 0; j < rowStride; j += Block)
            {
                int width = Math.Min(Block, columnCount - j);
                BlockToRows(columns + j * columnStride + i, columnStride, width, rows + i * rowStride + j, rowStride);
            }
        }

        for (int i = whole; i < rowCount; i++)
            RowOf(columns + i, columnStride, columnCount, rows + i * rowStride, rowStride);
    }

    /// <summary>The same, one value at a time.</summary>
    internal static void ToRowsScalar(float* columns, long columnStride, int columnCount, int rowCount, float* rows, long rowStride)
    {
        for (int i = 0; i < rowCount; i++)
            RowOf(columns + i, columnStride, columnCount, rows + i * rowStride, rowStride);
    }

    /// <summary>Transposes 16 rows of up to 16 columns; the columns that are missing become zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void BlockToRows(float* columns, long columnStride, int columnCount, float* rows, long rowStride)
    {
        if (Avx512F.IsSupported)
        {
            Block512(columns, columnStride, columnCount, rows, rowStride);
        }
        else if (Avx.IsSupported)
        {
            for (int j = 0; j < Block; j += 8)
            {
                int count = Math.Clamp(columnCount - j, 0, 8);
                Block256(columns + j * columnStride, columnStride, count, rows + j, rowStride);
                Block256(columns + j * columnStride + 8, columnStride, count, rows + 8 * rowStride + j, rowStride);
            }
        }
        else
        {
            for (int i = 0; i < Block; i++)
                RowOf(columns + i, columnStride, columnCount, rows + i * rowStride, Block);
        }
    }

    static void RowOf(float* columns, long columnStride, int columnCount, float* row, long rowStride)
    {
        for (int j = 0; j < columnCount; j++)
            row[j] = columns[j * columnStride];

        for (int j = columnCount; j < rowStride; j++)
            row[j] = 0;
    }

    // Three steps, each doubling what lies together: pairs and quads of columns inside 128-bit lanes (unpack), then lanes across
    // registers (shuffle), first by 2, then by 4.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Block512(float* columns, long stride, int count, float* rows, long rowStride)
    {
        Vector512<float> c0 = Column512(columns, stride, count, 0), c1 = Column512(columns, stride, count, 1);
        Vector512<float> c2 = Column512(columns, stride, count, 2), c3 = Column512(columns, stride, count, 3);
        Vector512<float> c4 = Column512(columns, stride, count, 4), c5 = Column512(columns, stride, count, 5);
        Vector512<float> c6 = Column512(columns, stride, count, 6), c7 = Column512(columns, stride, count, 7);
        Vector512<float> c8 = Column512(columns, stride, count, 8), c9 = Column512(columns, stride, count, 9);
        Vector512<float> ca = Column512(columns, stride, count, 10), cb = Column512(columns, stride, count, 11);
        Vector512<float> cc = Column512(columns, stride, count, 12), cd = Column512(columns, stride, count, 13);
        Vector512<float> ce = Column512(columns, stride, count, 14), cf = Column512(columns, stride, count, 15);

        // q_m_r: columns 4m..4m+3 of the rows r, r+4, r+8, r+12, one row per 128-bit lane.
        (Vector512<float> q00, Vector512<float> q01, Vector512<float> q02, Vector512<float> q03) = Quads(c0, c1, c2, c3);
        (Vector512<float> q10, Vector512<float> q11, Vector512<float> q12, Vector512<float> q13) = Quads(c4, c5, c6, c7);
        (Vector512<float> q20, Vector512<float> q21, Vector512<float> q22, Vector512<float> q23) = Quads(c8, c9, ca, cb);
        (Vector512<float> q30, Vector512<float> q31, Vector512<float> q32, Vector512<float> q33) = Quads(cc, cd, ce, cf);

        StoreRows(q00, q10, q20, q30, rows, rowStride);
        StoreRows(q01, q11, q21, q31, rows + rowStride, rowStride);
        StoreRows(q02, q12, q22, q32, rows + 2 * rowStride, rowStride);
        StoreRows(q03, q13, q23, q33, rows + 3 * rowStride, rowStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Column512(float* columns, long stride, int count, int column) =>
        column < count ? Vector512.Load(columns + column * stride) : Vector512<float>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<float> R0, Vector512<float> R1, Vector512<float> R2, Vector512<float> R3) Quads(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        Vector512<double> abLow = Avx512F.UnpackLow(a, b).AsDouble(), abHigh = Avx512F.UnpackHigh(a, b).AsDouble();
        Vector512<double> cdLow = Avx512F.UnpackLow(c, d).AsDouble(), cdHigh = Avx512F.UnpackHigh(c, d).AsDouble();
        return (Avx512F.UnpackLow(abLow, cdLow).AsSingle(), Avx512F.UnpackHigh(abLow, cdLow).AsSingle(),
            Avx512F.UnpackLow(abHigh, cdHigh).AsSingle(), Avx512F.UnpackHigh(abHigh, cdHigh).AsSingle());
    }

    // The four registers hold the four quarters of the rows 0, 4, 8, 12 (from `rows` on).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreRows(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* rows, long rowStride)
    {
        Vector512<float> abEven = Avx512F.Shuffle4x128(a, b, 0x88), abOdd = Avx512F.Shuffle4x128(a, b, 0xDD);
        Vector512<float> cdEven = Avx512F.Shuffle4x128(c, d, 0x88), cdOdd = Avx512F.Shuffle4x128(c, d, 0xDD);
        Avx512F.Shuffle4x128(abEven, cdEven, 0x88).Store(rows);
        Avx512F.Shuffle4x128(abOdd, cdOdd, 0x88).Store(rows + 4 * rowStride);
        Avx512F.Shuffle4x128(abEven, cdEven, 0xDD).Store(rows + 8 * rowStride);
        Avx512F.Shuffle4x128(abOdd, cdOdd, 0xDD).Store(rows + 12 * rowStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Block256(float* columns, long stride, int count, float* rows, long rowStride)
    {
        Vector256<float> c0 = Column256(columns, stride, count, 0), c1 = Column256(columns, stride, count, 1);
        Vector256<float> c2 = Column256(columns, stride, count, 2), c3 = Column256(columns, stride, count, 3);
        Vector256<float> c4 = Column256(columns, stride, count, 4), c5 = Column256(columns, stride, count, 5);
        Vector256<float> c6 = Column256(columns, stride, count, 6), c7 = Column256(columns, stride, count, 7);
        HalfRows(c0, c1, c2, c3, c4, c5, c6, c7, low: true, rows, rowStride);
        HalfRows(c0, c1, c2, c3, c4, c5, c6, c7, low: false, rows + 2 * rowStride, rowStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Column256(float* columns, long stride, int count, int column) =>
        column < count ? Vector256.Load(columns + column * stride) : Vector256<float>.Zero;

    // Rows 0, 1, 4, 5 (low) or 2, 3, 6, 7 of an 8 × 8 block.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void HalfRows(
        Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d,
        Vector256<float> e, Vector256<float> f, Vector256<float> g, Vector256<float> h, bool low, float* rows, long rowStride)
    {
        Vector256<double> ab = (low ? Avx.UnpackLow(a, b) : Avx.UnpackHigh(a, b)).AsDouble();
        Vector256<double> cd = (low ? Avx.UnpackLow(c, d) : Avx.UnpackHigh(c, d)).AsDouble();
        Vector256<double> ef = (low ? Avx.UnpackLow(e, f) : Avx.UnpackHigh(e, f)).AsDouble();
        Vector256<double> gh = (low ? Avx.UnpackLow(g, h) : Avx.UnpackHigh(g, h)).AsDouble();
        Vector256<float> evenLeft = Avx.UnpackLow(ab, cd).AsSingle(), evenRight = Avx.UnpackLow(ef, gh).AsSingle();
        Vector256<float> oddLeft = Avx.UnpackHigh(ab, cd).AsSingle(), oddRight = Avx.UnpackHigh(ef, gh).AsSingle();
        Avx.Permute2x128(evenLeft, evenRight, 0x20).Store(rows);
        Avx.Permute2x128(oddLeft, oddRight, 0x20).Store(rows + rowStride);
        Avx.Permute2x128(evenLeft, evenRight, 0x31).Store(rows + 4 * rowStride);
        Avx.Permute2x128(oddLeft, oddRight, 0x31).Store(rows + 5 * rowStride);
    }
}
