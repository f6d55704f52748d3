using System.Globalization;
using System.Text;
using Streaming.Cli.Conversion;

namespace Streaming.Cli.Tests.Conversion;

/// <summary>What fields of CSV mean, beside what .NET's own parsers make of them.</summary>
public sealed class CsvValueTests
{
    const DateTimeStyles NoZone = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;

    static readonly string[] TimestampFormats =
        ["yyyy-MM-dd HH:mm:ss.FFFFFF", "yyyy-MM-ddTHH:mm:ss.FFFFFF", "yyyy-MM-dd HH:mm", "yyyy-MM-ddTHH:mm", "yyyy-MM-dd"];

    [Fact]
    public void Times_AreThoseThatDotNetReads()
    {
        string[] texts = ["2024-02-29", "2023-02-28 23:59", "0001-01-01T00:00", "9999-12-31 23:59:59.999999", "1969-12-31T23:59:59.5", "2000-10-10 10:10:10", "1600-02-29 00:00:00.000001"];
        int good = 0;
        foreach (string text in Changed(texts, "0123456789- :.T", 200_000))
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            bool isDate = DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day);
            Assert.Equal((isDate, day), (CsvTime.TryDate(utf8, out DateOnly foundDay), foundDay));
            bool isTime = DateTime.TryParseExact(text, TimestampFormats, CultureInfo.InvariantCulture, NoZone, out DateTime time);
            long microseconds = isTime ? (time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond : 0;
            bool isFound = CsvTime.TryTimestamp(utf8, out long found);
            Assert.True((isTime, microseconds) == (isFound, isFound ? found : 0), $"'{text}': wanted {isTime} {microseconds}, found {isFound} {found}");
            good += isTime ? 1 : 0;
        }

        Assert.InRange(good, 20_000, 180_000);
    }

    [Fact]
    public void Doubles_AreThoseThatDotNetReads_BitForBit()
    {
        string[] texts = ["0.1", "-0", "123456789012345", "1234567890.12345", "-0.00000000000001", "9007199254740993", ".5", "5.", "1e22", "-1.5E-7", "3.14159265358979", "999999999999999.9"];
        int good = 0;
        foreach (string text in Changed(texts, "0123456789-.e", 200_000))
        {
            bool isNumber = double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double number)
                && double.IsFinite(number);
            bool isFound = CsvValue.TryFloat64(Encoding.UTF8.GetBytes(text), out double found);
            Assert.True(
                (isNumber, isNumber ? BitConverter.DoubleToInt64Bits(number) : 0) == (isFound, isFound ? BitConverter.DoubleToInt64Bits(found) : 0),
                $"'{text}': wanted {isNumber} {number:R}, found {isFound} {found:R}");
            good += isNumber ? 1 : 0;
        }

        Assert.InRange(good, 20_000, 199_000);
    }

    [Fact]
    public void TextBlocks_KeepTextsUntilTheyAreCleared_AndServeAgain()
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

    // Texts with up to three characters replaced, left out or put in.
    static IEnumerable<string> Changed(string[] texts, string characters, int count)
    {
        var random = new Random(7);
        for (int i = 0; i < count; i++)
        {
            var text = new StringBuilder(texts[i % texts.Length]);
            for (int changes = random.Next(4); changes > 0; changes--)
            {
                int at = random.Next(text.Length + 1);
                if (at < text.Length && random.Next(2) == 0)
                    text.Remove(at, 1);

                if (random.Next(3) > 0)
                    text.Insert(Math.Min(at, text.Length), characters[random.Next(characters.Length)]);
            }

            yield return text.ToString();
        }
    }
}
