namespace Streaming.Learning.State;

/// <summary>Writes states down.</summary>
/// <param name="target">Where to.</param>
public sealed class StateWriter(Stream target) : StateStream
{
    /// <inheritdoc/>
    public override bool IsReading => false;

    /// <inheritdoc/>
    protected override long BytesLeft => long.MaxValue;

    /// <summary>The state of an object as bytes.</summary>
    public static byte[] ToBytes(IPersistent value)
    {
        using var bytes = new MemoryStream();
        value.Persist(new StateWriter(bytes));
        return bytes.ToArray();
    }

    /// <inheritdoc/>
    protected override void Transfer(Span<byte> bytes) => target.Write(bytes);
}
