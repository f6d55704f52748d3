namespace Streaming.Learning.State;

/// <summary>Reads states back.</summary>
/// <param name="source">What was written.</param>
public sealed class StateReader(ReadOnlyMemory<byte> source) : StateStream
{
    int position;

    /// <inheritdoc/>
    public override bool IsReading => true;

    /// <inheritdoc/>
    protected override long BytesLeft => source.Length - position;

    /// <summary>Brings an object to the state that was written.</summary>
    /// <exception cref="StateException">The state is that of another kind of object, or broken.</exception>
    public static void Restore(IPersistent value, ReadOnlyMemory<byte> bytes)
    {
        var reader = new StateReader(bytes);
        value.Persist(reader);
        if (reader.BytesLeft != 0)
            throw new StateException($"{reader.BytesLeft} bytes are left over.");
    }

    /// <inheritdoc/>
    protected override void Transfer(Span<byte> bytes)
    {
        if (bytes.Length > BytesLeft)
            throw new StateException($"wanted {bytes.Length} bytes, {BytesLeft} are left.");

        source.Span.Slice(position, bytes.Length).CopyTo(bytes);
        position += bytes.Length;
    }
}
