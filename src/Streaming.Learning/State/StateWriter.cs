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
        // Counted first: states may be large, and a stream that grows would hold them three times over.
        var counter = new Counter();
        value.Persist(counter);
        var bytes = new byte[counter.Bytes];
        value.Persist(new StateWriter(new MemoryStream(bytes)));
        return bytes;
    }

    /// <inheritdoc/>
    protected override void Transfer(Span<byte> bytes) => target.Write(bytes);

    /// <summary>Writes nothing, but knows how much.</summary>
    sealed class Counter : StateStream
    {
        public long Bytes { get; private set; }

        public override bool IsReading => false;

        protected override long BytesLeft => long.MaxValue;

        protected override void Transfer(Span<byte> bytes) => Bytes += bytes.Length;
    }
}
