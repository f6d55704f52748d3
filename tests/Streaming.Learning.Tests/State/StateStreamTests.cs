using Streaming.Learning.State;
using Xunit;

namespace Streaming.Learning.Tests.State;

public sealed class StateStreamTests
{
    [Fact]
    public void Restore_GivesBackAllThatWasWritten()
    {
        var written = new Sample { Count = 7, Name = "späte Flüge", Weights = { [1] = double.NaN }, Numbers = [1, 2], More = { 3, 4 }, Texts = ["a", ""], Part = new Sample() };
        var read = new Sample();
        StateReader.Restore(read, StateWriter.ToBytes(written));
        Assert.Equal(7, read.Count);
        Assert.Equal("späte Flüge", read.Name);
        Assert.Equal([0, double.NaN, 0], read.Weights);
        Assert.Equal([1, 2], read.Numbers);
        Assert.Equal([3, 4], read.More);
        Assert.Equal(["a", ""], read.Texts);
        Assert.NotNull(read.Part);
        Assert.Null(read.Part.Name);
        Assert.Equal(StateWriter.ToBytes(written), StateWriter.ToBytes(read));
    }

    [Fact]
    public void Restore_TooFewOrTooManyBytes_IsRefused()
    {
        byte[] bytes = StateWriter.ToBytes(new Sample { Numbers = [1, 2, 3] });
        for (int length = 0; length < bytes.Length; length++)
            Assert.Throws<StateException>(() => StateReader.Restore(new Sample(), bytes[..length]));

        Assert.Throws<StateException>(() => StateReader.Restore(new Sample(), (byte[])[.. bytes, 0]));
    }

    [Fact]
    public void Restore_IntoAnObjectOfOtherShape_IsRefused() =>
        Assert.Throws<StateException>(() => StateReader.Restore(new Sample(4), StateWriter.ToBytes(new Sample())));

    sealed class Sample(int width = 3) : IPersistent
    {
        string? name;
        int[] numbers = [];
        string[] texts = [];
        long count;
        Sample? part;

        public long Count { get => count; init => count = value; }

        public string? Name { get => name; init => name = value; }

        public int[] Numbers { get => numbers; init => numbers = value; }

        public double[] Weights { get; } = new double[width];

        public List<ulong> More { get; } = [];

        public string[] Texts { get => texts; init => texts = value; }

        public Sample? Part { get => part; init => part = value; }

        public void Persist(StateStream state)
        {
            state.Value(ref count);
            state.Text(ref name);
            state.Values(Weights.AsSpan());
            state.Array(ref numbers);
            state.List(More);
            state.Texts(ref texts);
            state.Optional(ref part, () => new Sample());
        }
    }
}
