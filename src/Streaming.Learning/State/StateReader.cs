namespace Streaming.Learning.State;

/// <summary>Reads states back.</summary>
/// <param name="source">What was written.</param>
/// <param name="length">Bytes of it that are states.</param>
public sealed class StateReader(Stream source, long length) : StateStream
{
    long left = length;

    /// <inheritdoc/>
    public override bool IsReading => true;

    /// <inheritdoc/>
    protected override long BytesLeft => left;

    /// <summary>Brings an object to the state that was written.</summary>
    /// <exception cref="StateException">The state is that of another kind of object, or broken.</exception>
    public static void Restore(IPersistent value, byte[] bytes)
    {
        var reader = new StateReader(new MemoryStream(bytes), bytes.Length);
        value.Persist(reader);
        if (reader.BytesLeft != 0)
            throw new StateException($"{reader.BytesLeft} bytes are left over.");
    }

    /// <inheritdoc/>
    protected override void Transfer(Span<byte> bytes)
    {
        if (bytes.Length > left)
            throw new StateException($"wanted {bytes.Length} bytes, {left} are left.");

        source.ReadExactly(bytes);
        left -= bytes.Length;
    }
}
