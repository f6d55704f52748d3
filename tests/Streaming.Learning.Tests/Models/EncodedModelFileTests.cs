using System.Buffers.Binary;
using System.Text;
using DuckDB.NET.Data;
using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.Tests.Preprocessing;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Models;

/// <summary>Model files with every kind of encoding, changed by others: a model that can be used, or a clear error.</summary>
public sealed class EncodedModelFileTests : IDisposable
{
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task ChangedAtAnyPlace_IsAModelThatCanBeUsedOrAClearError()
    {
        byte[] bytes = CheckpointTests.BytesOf(await FitAsync());
        using Dataset dataset = data.Open("train.parquet");
        int header = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(bytes), used = 0;
        for (int i = 8; i < header; i++)
        {
            byte original = bytes[i];
            foreach (byte changed in (byte[])[(byte)'"', (byte)(original ^ 1)])
            {
                bytes[i] = changed;
                try
                {
                    Model model = ModelFile.Read(bytes, "memory");
                    EncodedRows.Of(model.Header, dataset);
                    used++;
                }
                catch (Exception e) when (e is ModelFileException or DatasetException)
                {
                    // The other allowed end: of the file, or of what it asks of the data.
                }
            }

            bytes[i] = original;
        }

        Assert.NotEqual(0, used);
    }

    [Theory]
    [InlineData("\"format\":4", "\"format\":5", "Wanted format 1 to 4, found 5")]
    [InlineData("\"kind\":\"one-hot\"", "\"kind\":\"two-hot\"", "Wanted an encoding that is known, found 'two-hot'")]
    [InlineData("\"missing_as\":\"none\"", "\"missing_as\":5", "as 'missing_as', found 5")]
    [InlineData("\"first_feature\":0", "\"first_feature\":1", "Wanted the features of the column 'city' at 1")]
    [InlineData("\"categories\":[\"a\",\"b\",\"none\"]", "\"categories\":[\"a\",\"a\",\"none\"]", "found 'a' twice")]
    [InlineData("\"bits\":2", "\"bits\":64", "Wanted a whole number from 1 to 22 as 'bits', found 64")]
    [InlineData("\"parts\":[\"Year\"]", "\"parts\":[\"Century\"]", "found 'Century'")]
    [InlineData("\"quantiles\":[", "\"quantiles\":[1e300,", "Wanted finite quantiles in ascending order")]
    [InlineData("\"of\":[\"p\",\"r\"]", "\"of\":[\"p\",\"s\"]", "of the column 'products'")]
    [InlineData("\"of\":[\"size\",\"day\",\"x\"]", "\"of\":[\"size\",\"x\",\"x\"]", "each once")]
    public async Task WrongEncoding_SaysWhatWasWantedAndFound(string good, string bad, string message) =>
        Assert.Contains(message, await RefusalAsync((good, bad)), StringComparison.Ordinal);

    [Fact]
    public async Task FeaturesMadeOfWhatIsNotThere_AreRefused()
    {
        Assert.Contains(
            "Wanted missing-indicator features of what the model reads, found some of 'city=b'",
            await RefusalAsync(("\"of\":[\"size\",\"day\",\"x\"]", "\"of\":[\"city=b\",\"day\",\"x\"]"), ("missingindicator_size", "missingindicator_city=b")),
            StringComparison.Ordinal);
        Assert.Contains(
            "Wanted polynomial features of what the model reads, found some of 's'",
            await RefusalAsync(("\"of\":[\"p\",\"r\"]", "\"of\":[\"p\",\"s\"]"), ("\"p r\"", "\"p s\"")),
            StringComparison.Ordinal);
        ModelHeader header = TestTiles.Header(3, TestTiles.Number()) with
        {
            Features = ["p", "p^2", "r"],
            Encoded = [new FeatureColumn("products", 1, null) { Encoding = new PolynomialEncoding(["p"], interactionOnly: false) }],
        };
        var error = Assert.Throws<ArgumentException>(() => new LinearRegressorModel(header, [1, 2, 3], 0));
        Assert.Contains("Wanted features that are made of others behind all of these", error.Message, StringComparison.Ordinal);
    }

    // The message about a file in whose description texts were replaced.
    async Task<string> RefusalAsync(params (string Good, string Bad)[] changes)
    {
        byte[] bytes = CheckpointTests.BytesOf(await FitAsync());
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        string header = Encoding.UTF8.GetString(bytes, 8, length);
        foreach ((string good, string bad) in changes)
        {
            Assert.Contains(Escaped(good), header, StringComparison.Ordinal);
            header = header.Replace(Escaped(good), Escaped(bad), StringComparison.Ordinal);
        }

        byte[] changed = Encoding.UTF8.GetBytes(header), start = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(start, changed.Length);
        byte[] broken = [.. start, .. changed, .. bytes.AsSpan(8 + length)];
        return Assert.Throws<ModelFileException>(() => ModelFile.Read(broken, "memory")).Message;

        // The description is a JSON text inside the header's JSON.
        static string Escaped(string text) => text.Replace("\"", "\\\"", StringComparison.Ordinal);
    }

    async Task<Model> FitAsync()
    {
        using var duck = new DuckDBConnection("DataSource=:memory:");
        duck.Open();
        using DuckDBCommand command = duck.CreateCommand();
        command.CommandText =
            $"""
            COPY (SELECT * FROM (VALUES
                ('a', 'S', 'u', DATE '2024-02-29', 1.0::DOUBLE, 1.0::DOUBLE, 2.0::DOUBLE, 1.0::DOUBLE), ('b', NULL, 'v', NULL, 2, 0, 3, 2), (NULL, 'M', 'w', DATE '2025-01-01', NULL, 2, 5, 3),
                ('a', 'S', NULL, DATE '2025-01-01', 4, 5, 7, 4), ('b', 'S', 'u', DATE '2025-01-01', 8, 3, 11, 5), ('a', 'M', 'v', DATE '2025-01-01', 16, 1, 13, 6))
                AS rows(city, size, id, day, x, p, r, y)) TO '{data.In("train.parquet")}' (FORMAT parquet)
            """;
        command.ExecuteNonQuery();
        Transformer[] steps =
        [
            new OneHotEncoder("city"), new OrdinalEncoder("size"), new FeatureHasher(2, "id"), new DateParts("day") { Parts = [DatePart.Year] },
            new SimpleImputer { Strategy = ValueHandling.Constant, FillCategory = "none", Columns = ["city"] },
            new SimpleImputer { AddIndicator = true, Columns = ["size", "day", "x"] },
            new PolynomialFeatures { Columns = ["p", "r"], InteractionOnly = true },
            new QuantileTransformer { Columns = ["x"], NQuantiles = 3 },
        ];
        using Dataset dataset = data.Open("train.parquet");
        return (await new Pipeline(steps, new SgdRegressor()).FitAsync(dataset, new TrainingOptions { Target = "y" })).Model;
    }
}
