using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Streaming.Learning.Numerics;

/// <summary>
/// Numbers for vector code: a pinned array from a cache line's start on, zero at first. The garbage collector owns the memory, so
/// nobody gives it back; whoever uses <see cref="Pointer"/> keeps the block alive.
/// </summary>
sealed unsafe class AlignedBlock<T>
    where T : unmanaged
{
    const int CacheLine = 64;

    readonly T[] owner;
    readonly int first;

    public AlignedBlock(int length)
    {
        Length = length;
        owner = GC.AllocateArray<T>(checked(length + CacheLine / sizeof(T)), pinned: true);
        nuint address = (nuint)Unsafe.AsPointer(ref owner[0]);
        Pointer = (T*)((address + CacheLine - 1) & ~(nuint)(CacheLine - 1));
        first = (int)((nuint)Pointer - address) / sizeof(T);
    }

    public int Length { get; }

    /// <summary>The first number. It doesn't keep the block alive.</summary>
    public T* Pointer { get; }

    /// <summary>The numbers. It keeps them alive.</summary>
    public Span<T> Span => MemoryMarshal.CreateSpan(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(owner), first), Length);
}
