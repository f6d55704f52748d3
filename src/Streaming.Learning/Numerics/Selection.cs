using System.Numerics;
using System.Runtime.CompilerServices;

namespace Streaming.Learning.Numerics;

/// <summary>Finds a value by its rank: Hoare, "Algorithm 65: Find", Communications of the ACM 4 (1961).</summary>
static class Selection
{
    /// <summary>The value that <paramref name="rank"/> others come before in ascending order; the values are left in another order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Ranked<T>(Span<T> values, int rank)
        where T : IComparisonOperators<T, T, bool>
    {
        int low = 0, high = values.Length - 1;
        while (low < high)
        {
            T pivot = MedianOf(values[low], values[low + (high - low) / 2], values[high]);
            int i = low, j = high;
            while (i <= j)
            {
                while (values[i] < pivot)
                    i++;

                while (values[j] > pivot)
                    j--;

                if (i <= j)
                {
                    (values[i], values[j]) = (values[j], values[i]);
                    i++;
                    j--;
                }
            }

            if (rank <= j)
                high = j;
            else if (rank >= i)
                low = i;
            else
                break;
        }

        return values[rank];
    }

    static T MedianOf<T>(T a, T b, T c)
        where T : IComparisonOperators<T, T, bool>
    {
        if (b < a)
            (a, b) = (b, a);

        return c < a ? a : c < b ? c : b;
    }
}
