using System.Globalization;
using System.Numerics;
using Streaming.Learning.Data.Conditions;
using Xunit;

namespace Streaming.Learning.Tests.Data.Conditions;

/// <summary>Numbers and instants of conditions, and unscaled values of decimals, which are compared by all their digits.</summary>
public sealed class LiteralTests
{
    [Theory]
    [InlineData("0", 3, "0", true)]
    [InlineData("+12.50", 1, "125", true)]
    [InlineData("12.50", 0, "12", false)]
    [InlineData("-12.5", 0, "-13", false)]
    [InlineData("-.5", 1, "-5", true)]
    [InlineData("7.", 2, "700", true)]
    [InlineData("1.5e3", 0, "1500", true)]
    [InlineData("1234567890123456789012345678.0000001234", 10, "12345678901234567890123456780000001234", true)]
    [InlineData("25E-1", 1, "25", true)]
    [InlineData("0e999999999999", 2, "0", true)]
    [InlineData("1e-999999999999", 308, "0", false)]
    [InlineData("-1e-999999999999", 308, "-1", false)]
    public void Unscaled_IsTheNumberOfPartsThatIsNotAbove(string text, int scale, string floor, bool isExact) =>
        Assert.Equal((BigInteger.Parse(floor, CultureInfo.InvariantCulture), isExact), Fraction.Parse(text).Unscaled(scale));

    [Fact]
    public void Compare_OfNumbersOfAnyLength_IsTheirOrder()
    {
        var random = new Random(5);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] x = Some(random), y = random.Next(3) == 0 ? Padded(x, random.Next(4)) : Some(random);
            Assert.Equal(ValueOf(x).CompareTo(ValueOf(y)), Math.Sign(UnscaledOrder.Compare(x, y)));
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("-129")]
    [InlineData("128")]
    [InlineData("99999999999999999999999999999999999999")]
    public void BytesOf_AreThoseOfTheNumber(string number)
    {
        BigInteger value = BigInteger.Parse(number, CultureInfo.InvariantCulture);
        Assert.Equal(value, ValueOf(UnscaledOrder.BytesOf(value)));
    }

    [Theory]
    [InlineData("2024-01-31 00:30+02:00", -5_400.0)]
    [InlineData("2024-01-31T00:30:00.5-1430", 54_000.5)]
    [InlineData("2024-01-31T12:30:00-01", 48_600.0)]
    [InlineData("2024-01-31", 0.0)]
    [InlineData("2024-01-31+02:00", null)]
    [InlineData("2024-01-31 12:30+2", null)]
    [InlineData("2024-01-31 12:30+15:00", null)]
    [InlineData("2024-01-31 12:30+02:60", null)]
    [InlineData("2024-01-31 12:30 +02:00", null)]
    [InlineData("2024-01-31 12:30Z+02:00", null)]
    [InlineData("2024-01-31 12:30+02:00Z", null)]
    public void Instant_WithAnOffset_IsThatOfUtc(string text, double? seconds)
    {
        bool isOne = Instants.TryParse(text, nanosecondsPerUnit: 1_000_000_000, out Literal literal);
        Assert.Equal(seconds, isOne ? literal.Number - 1_706_659_200 : null);
    }

    // Bytes at the edges are as likely as all others, and neighbours are near.
    static byte[] Some(Random random)
    {
        byte[] edges = [0, 1, 0x7F, 0x80, 0xFE, 0xFF];
        return [.. Enumerable.Range(0, random.Next(20)).Select(_ => random.Next(4) == 0 ? (byte)random.Next(256) : edges[random.Next(6)])];
    }

    static byte[] Padded(byte[] value, int count) => [.. Enumerable.Repeat(ValueOf(value).Sign < 0 ? (byte)0xFF : (byte)0, count), .. value];

    static BigInteger ValueOf(byte[] bytes) => new(bytes, isUnsigned: false, isBigEndian: true);
}
