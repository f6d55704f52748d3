using System.Runtime.CompilerServices;

namespace Streaming.Learning.Numerics;

/// <summary>
/// Random numbers that depend on a key alone (seed, purpose, position), never on a thread or the time. SplitMix64 (Steele, Lea,
/// Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014) over a hash of the key.
/// </summary>
public struct KeyedRandom
{
    const ulong Golden = 0x9E3779B97F4A7C15;
    ulong state;

    /// <summary>Creates a generator for a key.</summary>
    /// <param name="seed">The user's seed.</param>
    /// <param name="purpose">What the numbers are for; two purposes never share numbers.</param>
    /// <param name="position">Where they are used: a row, tile or trial number.</param>
    public KeyedRandom(long seed, string purpose, long position = 0)
    {
        state = Mix((ulong)seed + Golden);
        foreach (char c in purpose)
            state = Mix(state ^ c);

        state = Mix(state ^ (ulong)position);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64() => Mix(state += Golden);

    /// <summary>A number in [0, 1), in steps of 2⁻⁵³.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A whole number in [0, <paramref name="exclusiveMax"/>).</summary>
    public int Next(int exclusiveMax) => (int)(((UInt128)NextUInt64() * (ulong)exclusiveMax) >> 64);

    /// <summary>
    /// Puts items into random order: Fisher and Yates, in the form of Durstenfeld (Communications of the ACM 7, 1964).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>Mixes 64 bits so that every bit of the result depends on every bit of <paramref name="value"/>.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
