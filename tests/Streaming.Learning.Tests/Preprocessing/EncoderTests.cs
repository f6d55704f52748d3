using DuckDB.NET.Data;
using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Preprocessing;

/// <summary>Numbers of categories, buckets of hashes and parts of dates: the features that rows get, beside those of scikit-learn, pandas and DuckDB.</summary>
public sealed class EncoderTests : IDisposable
{
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task Ordinal_NumbersCategoriesInOrder()
    {
        // scikit-learn 1.2.1, OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1): B 0, a 1, b 2, c 3, zz -1; NaN stays NaN.
        await data.WriteAsync("train.parquet", [3, 3], ("x", (string?[])["b", "a", "c", null, "B", "a"]), ("n", (int[])[30, 4, 100, 4, -7, 30]));
        await data.WriteAsync("new.parquet", [6], ("x", (string?[])["B", "a", "b", "c", "zz", "a"]), ("n", (int[])[-7, 4, 30, 100, 5, 4]));
        ModelHeader header = await FitAsync(ValueHandling.Zero, new OrdinalEncoder("x", "n"));
        Assert.Equal(["x", "n"], header.Features);
        double[][] found = Read(header, "new.parquet");
        Assert.Equal([0, 1, 2, 3, -1, 1], found.Select(f => f[0]));
        Assert.Equal([0, 1, 2, 3, -1, 1], found.Select(f => f[1]));

        // A missing value is one like any other: filled, here with 0, or an error.
        Assert.Equal(0, Read(header, "train.parquet")[3][0]);
        var error = await Assert.ThrowsAsync<DatasetException>(() => FitAsync(ValueHandling.Error, new OrdinalEncoder("x", "n")));
        Assert.Contains("Feature 'x' must be a finite number, found null or NaN in row 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ordinal_UnknownCategory_IsAnErrorWhereThatIsWanted()
    {
        await data.WriteAsync("train.parquet", [2], ("x", (string?[])["b", "a"]));
        await data.WriteAsync("new.parquet", [2], ("x", (string?[])["a", "zz"]));
        ModelHeader header = await FitAsync(ValueHandling.Error, new OrdinalEncoder("x") { UnknownValue = null });
        var error = Assert.Throws<DatasetException>(() => Read(header, "new.parquet"));
        Assert.Contains("found 'zz' in row 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hash_AgreesWithFeatureHasher()
    {
        // scikit-learn 1.2.1, FeatureHasher(n_features=16).transform([{"t": value}]): column and value.
        string?[] t = ["N123AA", "N1", "", "größe", "12", "AA", "zz", new string('x', 50), null];
        (int, double)?[] wanted = [(6, 1), (5, 1), (0, 1), (8, -1), (1, 1), (4, 1), (12, 1), (15, -1), null];
        await data.WriteAsync("train.parquet", [4, 5], ("t", t));
        ModelHeader header = await FitAsync(ValueHandling.Error, new FeatureHasher(4, "t"));
        Assert.Equal([0, 1, 4, 5, 6, 8, 12, 15], ((HashEncoding)header.Encoded[0].Encoding!).Buckets);
        Assert.Equal("t#15", header.Features[^1]);
        double[][] found = Read(header, "train.parquet");
        for (int row = 0; row < t.Length; row++)
            Assert.Equal(header.Features.Select(f => wanted[row] is var (b, v) && f == $"t#{b}" ? v : 0), found[row]);

        // n_features=2**18
        header = await FitAsync(ValueHandling.Error, new FeatureHasher(18, "t"));
        Assert.Subset(new HashSet<string>(header.Features), new HashSet<string> { "t#151990", "t#76677", "t#103876" });
    }

    [Fact]
    public async Task Hash_OfAnUnknownCategory_IsItsBucketOrNothing()
    {
        await data.WriteAsync("train.parquet", [2], ("t", (string?[])["AA", "zz"]));
        await data.WriteAsync("new.parquet", [2], ("t", (string?[])["N1", "zz"]));
        double[][] found = Read(await FitAsync(ValueHandling.Error, new FeatureHasher(4, "t")), "new.parquet");
        Assert.Equal([0, 0], found[0]);
        Assert.Equal([0, 1], found[1]);
    }

    [Fact]
    public async Task DateParts_AreThoseOfDuckDb()
    {
        const int Count = 5000;
        using var duck = new DuckDBConnection("DataSource=:memory:");
        duck.Open();
        using DuckDBCommand command = duck.CreateCommand();
        command.CommandText =
            $"""
            CREATE TABLE dates AS SELECT i, t, t::DATE AS d, t::TIMESTAMP_MS AS ms, (t - INTERVAL 0 DAY)::TIMESTAMP_NS AS ns
            FROM (SELECT i, TIMESTAMP '1880-02-28 00:00:00' + INTERVAL (i * 1000003) SECOND + INTERVAL (i * 17) MILLISECOND AS t FROM range({Count}) r(i));
            COPY (SELECT t, d, ms, ns FROM dates ORDER BY i) TO '{data.In("train.parquet")}' (FORMAT parquet, ROW_GROUP_SIZE 2048)
            """;
        command.ExecuteNonQuery();
        double[][] found = Read(await FitAsync(ValueHandling.Error, new DateParts("*")), "train.parquet");
        command.CommandText = "SELECT year(t), month(t), day(t), hour(t), minute(t), isodow(t) - 1, dayofyear(t) FROM dates ORDER BY i";
        using DuckDBDataReader reader = command.ExecuteReader();
        foreach (double[] row in found)
        {
            Assert.True(reader.Read());
            double[] wanted = [.. Enumerable.Range(0, 7).Select(c => (double)reader.GetInt64(c))];
            Assert.Equal([.. wanted, .. wanted[..3], .. wanted[5..], .. wanted, .. wanted], row);
        }

        Assert.Equal(Count, found.Length);
    }

    [Fact]
    public async Task DateParts_OfSomethingElse_AreRefused()
    {
        await data.WriteAsync("train.parquet", [2], ("x", (double[])[1, 2]));
        var error = await Assert.ThrowsAsync<DatasetException>(() => FitAsync(ValueHandling.Error, new DateParts("x")));
        Assert.Contains("Column 'x' must hold dates or timestamps", error.Message, StringComparison.Ordinal);
    }

    // Fits something on 'train.parquet', and gives back what a saved model knows of the features.
    async Task<ModelHeader> FitAsync(ValueHandling onMissing, params Transformer[] steps)
    {
        using Dataset dataset = data.Open("train.parquet");
        Model model = (await new KMeans { NClusters = 1 }.FitAsync(dataset, new TrainingOptions { Preprocessing = steps, OnMissing = onMissing })).Model;
        ModelFile.Save(model, data.In("model"));
        return ModelFile.Load(data.In("model")).Header;
    }

    double[][] Read(ModelHeader header, string file)
    {
        using Dataset dataset = data.Open(file);
        return EncodedRows.Of(header with { Scaling = FeatureScaling.Identity(header.Features.Count) }, dataset);
    }
}
