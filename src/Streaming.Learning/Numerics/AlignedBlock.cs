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

    public AlignedBlock(int length)
    {
        Length = length;
        owner = GC.AllocateArray<T>(checked(length + CacheLine / sizeof(T)), pinned: true);
        nuint address = (nuint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref owner[0]);
        Pointer = (T*)((address + CacheLine - 1) & ~(nuint)(CacheLine - 1));
    }

    public int Length { get; }

    public T* Pointer { get; }

    public Span<T> Span => new(Pointer, Length);
}
