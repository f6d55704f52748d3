using System.Runtime.Intrinsics;

namespace Streaming.Benchmarks.Decode;

/// <summary>Sums that cost next to nothing, the same for all who hand out arrays. NaN, which stands for null in tiles, counts as nothing.</summary>
static class ColumnSum
{
    public static double Of(ReadOnlySpan<double> values)
    {
        Vector512<double> sum = Vector512<double>.Zero;
        int i = 0;
        for (; i <= values.Length - Vector512<double>.Count; i += Vector512<double>.Count)
            sum += WithoutNan(Vector512.Create(values[i..]));

        double rest = Vector512.Sum(sum);
        for (; i < values.Length; i++)
            rest += double.IsNaN(values[i]) ? 0 : values[i];

        return rest;
    }

    public static double Of(ReadOnlySpan<float> values)
    {
        Vector512<double> low = Vector512<double>.Zero;
        Vector512<double> high = Vector512<double>.Zero;
        int i = 0;
        for (; i <= values.Length - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            (Vector512<double> lower, Vector512<double> upper) = Vector512.Widen(Vector512.Create(values[i..]));
            low += WithoutNan(lower);
            high += WithoutNan(upper);
        }

        double rest = Vector512.Sum(low + high);
        for (; i < values.Length; i++)
            rest += float.IsNaN(values[i]) ? 0 : values[i];

        return rest;
    }

    static Vector512<double> WithoutNan(Vector512<double> values) => values & Vector512.Equals(values, values);
}
