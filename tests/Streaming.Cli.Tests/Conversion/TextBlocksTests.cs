using Streaming.Cli.Conversion;

namespace Streaming.Cli.Tests.Conversion;

public sealed class TextBlocksTests
{
    [Fact]
    public void Add_KeepsTextsUntilTheyAreCleared_AndServesAgain()
    {
        var blocks = new TextBlocks();
        for (int round = 0; round < 3; round++)
        {
            byte[][] texts = [.. Enumerable.Range(0, 40).Select(i => Enumerable.Repeat((byte)(round + i), i * 77_777 % 1_300_000).ToArray())];
            ReadOnlyMemory<byte>[] kept = [.. texts.Select(t => blocks.Add(t))];
            Assert.All(texts.Zip(kept), pair => Assert.True(pair.First.AsSpan().SequenceEqual(pair.Second.Span)));
            blocks.Clear();
        }
    }
}
