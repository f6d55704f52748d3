using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Streaming.Learning.Data;
using Streaming.Learning.Models;
using Xunit;

namespace Streaming.Learning.Tests.Models;

public class ModelFileTests
{
    [Theory]
    [MemberData(nameof(TestModels.Names), MemberType = typeof(TestModels))]
    public void Write_ThenRead_PredictsTheSameBitsAndWritesTheSameBytes(string name)
    {
        Model model = TestModels.Named(name);
        byte[] bytes = BytesOf(model);
        Model loaded = ModelFile.Read(bytes, "memory");
        using RowBatch tile = TestTiles.Create(3, TestTiles.SampleRows, TestTiles.Sample);

        Assert.Equal(model.GetType(), loaded.GetType());
        Assert.Equal(model.Kind, loaded.Kind);
        Assert.Equal(TestTiles.Predict(model, tile), TestTiles.Predict(loaded, tile));
        Assert.Equal(bytes, BytesOf(model));
        Assert.Equal(bytes, BytesOf(loaded));
    }

    [Fact]
    public void Read_GivesTheHeaderBack()
    {
        var scaling = new FeatureScaling([0.1, 1e300], [1 / 3.0, double.Epsilon]);
        var header = new ModelHeader(
            "sgd-classifier",
            ["größe \"cm\"", "{x}\n"],
            scaling,
            new TargetInfo("ziel", TargetKind.Classes, ClassType.Boolean, ["false", "true"]),
            new Dictionary<string, string> { ["z"] = "1", ["alpha"] = "0.0001", ["B"] = "" },
            new TrainingSummary(1L << 40, 3, 4, 5, 6, 7, long.MinValue, false, "w"));

        ModelHeader found = ModelFile.Read(BytesOf(new LinearClassifierModel(header, [1, 2], [3])), "memory").Header;

        Assert.Equal(header.Estimator, found.Estimator);
        Assert.Equal(header.Features, found.Features);
        Assert.Equal(header.Target!.Classes, found.Target!.Classes);
        Assert.Equal(header.Target with { Classes = [] }, found.Target with { Classes = [] });
        Assert.Equal(header.Parameters, found.Parameters);
        Assert.Equal(header.Summary, found.Summary);
        Assert.Equal(scaling.Offset, found.Scaling.Offset);
        Assert.Equal(scaling.Factor, found.Scaling.Factor);
    }

    [Fact]
    public void Write_ParametersInAnyOrder_GivesTheSameBytes()
    {
        ModelHeader header = TestTiles.Header(1, TestTiles.Number());
        var other = new Dictionary<string, string>(header.Parameters.Reverse());

        Assert.Equal(
            BytesOf(new LinearRegressorModel(header, [1], 2)),
            BytesOf(new LinearRegressorModel(header with { Parameters = other }, [1], 2)));
    }

    [Fact]
    public void Write_IsSafetensorsByItsSpecification()
    {
        byte[] bytes = BytesOf(TestModels.TwoClasses());
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        using JsonDocument json = JsonDocument.Parse(bytes.AsMemory(8, length));
        JsonElement coef = json.RootElement.GetProperty("coef");

        Assert.Equal(0, length % 8);
        Assert.Equal((byte)'{', bytes[8]);
        Assert.Equal(
            ["__metadata__", "scaling.offset", "scaling.factor", "coef", "intercept"], json.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal("F64", coef.GetProperty("dtype").GetString());
        Assert.Equal("[1,3]", coef.GetProperty("shape").GetRawText());
        Assert.Equal("[48,72]", coef.GetProperty("data_offsets").GetRawText());
        Assert.Equal(-1.25, BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(8 + length + 48 + 8)));
        Assert.Equal(8 + length + 80, bytes.Length);
    }

    [Fact]
    public void Save_ThenLoad_ReadsTheFile()
    {
        string folder = Directory.CreateTempSubdirectory("streaming-models-").FullName;
        try
        {
            string path = Path.Combine(folder, "a.model");
            ModelFile.Save(TestModels.Pca(), path);

            Assert.Equal(BytesOf(TestModels.Pca()), File.ReadAllBytes(path));
            Assert.IsType<PcaModel>(ModelFile.Load(path));
            Assert.Single(Directory.GetFiles(folder));
            Assert.ThrowsAny<IOException>(() => ModelFile.Load(folder));
            Assert.Throws<FileNotFoundException>(() => ModelFile.Load(path + "x"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(TestModels.Names), MemberType = typeof(TestModels))]
    public void Read_EveryTruncation_Throws(string name)
    {
        Model model = TestModels.Named(name);
        byte[] bytes = BytesOf(model);
        for (int length = 0; length < bytes.Length; length++)
        {
            byte[] part = bytes[..length];
            Assert.Throws<ModelFileException>(() => ModelFile.Read(part, "memory"));
            Assert.Throws<ModelFileException>(() => ModelFile.Read(new MemoryStream(part), "memory"));
        }
    }

    [Theory]
    [MemberData(nameof(TestModels.Names), MemberType = typeof(TestModels))]
    public void Read_EveryByteOfTheHeaderChanged_ThrowsOrIsAModel(string name)
    {
        Model model = TestModels.Named(name);
        byte[] bytes = BytesOf(model);
        int header = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        using RowBatch tile = TestTiles.Create(3, 2, TestTiles.Sample);
        for (int i = 0; i < header; i++)
        {
            byte original = bytes[i];
            byte[] replacements = [0, 0xFF, (byte)'"', (byte)'9', (byte)'-', (byte)'}', (byte)(original ^ 1), (byte)(original ^ 0x80)];
            foreach (byte changed in replacements)
            {
                bytes[i] = changed;
                try
                {
                    TestTiles.Predict(ModelFile.Read(bytes, "memory"), tile);
                }
                catch (ModelFileException)
                {
                    // The other allowed end.
                }
            }

            bytes[i] = original;
        }
    }

    [Theory]
    [InlineData("\"format\":1", "\"format\":5", "Wanted format 1 to 4, found 5")]
    [InlineData("\"kind\":\"pca\"", "\"kind\":\"pcx\"", "pca, found 'pcx'")]
    [InlineData("\"kind\":\"pca\"", "\"kind\":\"k-means\"", "Wanted an array 'cluster_centers'")]
    [InlineData("\"estimator\"", "\"estimatos\"", "Wanted 'estimator' in the description of the model, found none")]
    [InlineData("\"x2\"", "\"x1\"", "Wanted features of different names")]
    [InlineData(",\"x2\"", "", "Wanted a scaling of 2 features, found one of 3")]
    [InlineData("\"rows\":1000", "\"rows\":-1", "Wanted a whole number from 0")]
    [InlineData("\"standardized\":true", "\"standardized\":1", "Wanted true or false as 'standardized', found 1")]
    [InlineData("\"seed\":-42", "\"seed\":\"x\"", "as 'seed', found \"x\"")]
    public void Read_WrongDescription_SaysWhatWasWantedAndFound(string good, string bad, string message)
    {
        AssertBroken(Escaped(good), Escaped(bad), message);

        // The description is a JSON text inside the header's JSON.
        static string Escaped(string text) => text.Replace("\"", "\\\"", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"streaming\":", "\"steaming\":", "Wanted metadata 'streaming', found none")]
    [InlineData("\"mean\":{\"dtype\":\"F64\"", "\"mean\":{\"dtype\":\"F32\"", "Array 'mean': wanted the type F64 or U8, found 'F32'")]
    [InlineData("\"shape\":[2,3]", "\"shape\":[3,2]", "Array 'components' of a model of kind pca: wanted the shape [2, 3], found [3, 2]")]
    [InlineData("\"shape\":[2,3]", "\"shape\":[2,4]", "wanted 64 bytes for the shape [2, 4], found the offsets 72 to 120")]
    [InlineData("\"shape\":[2,3]", "\"shape\":[2147483647,2147483647]", "Array 'components': wanted at most 2147483647 values")]
    [InlineData("\"shape\":[2,3]", "\"shape\":[6]", "Wanted an array 'components' of 2 dimensions, found 1")]
    [InlineData("\"shape\":[2,3]", "\"shape\":[-2,-3]", "Wanted a whole number from 0 to 2147483647 as 'shape', found -2")]
    [InlineData("[72,120]", "[64,112]", "wanted its data at offset 72, found it at 64")]
    [InlineData("[72,120]", "[72,120,5]", "wanted two data_offsets, found 3")]
    [InlineData("[72,120]", "[9223372036854775800,120]", "found the offsets 9223372036854775800 to 120")]
    [InlineData("\"noise_variance\"", "\"noise\"", "Wanted an array 'noise_variance', found only mean")]
    [InlineData("\"components\":", "\"mean\":", "isn't JSON")]
    [InlineData("{\"__metadata__\"", "[\"__metadata__\"", "isn't JSON")]
    public void Read_WrongHeader_SaysWhatWasWantedAndFound(string good, string bad, string message) => AssertBroken(good, bad, message);

    [Theory]
    [InlineData("[2,3],\"data_offsets\":[72,120]", "[134217728,2],\"data_offsets\":[72,2147483720]", "wanted its data at offset")]
    [InlineData("[],\"data_offsets\":[176,184]", "[200000000],\"data_offsets\":[176,1600000176]", "Wanted 1600000176 bytes of data, found 184")]
    public void Read_ArrayFarBeyondTheFile_AllocatesLittle(string good, string bad, string message)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertBroken(good, bad, message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Read_HeaderFarBeyondTheFile_AllocatesLittle()
    {
        var bytes = new byte[100];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, 99_999_999);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<ModelFileException>(() => ModelFile.Read(bytes, "memory"));
        Assert.Throws<ModelFileException>(() => ModelFile.Read(new MemoryStream(bytes), "memory"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Read_ValueThatIsNotFinite_Throws()
    {
        byte[] bytes = BytesOf(TestModels.Regressor());
        BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(bytes.Length - 8), double.NaN);

        Assert.Contains(
            "Wanted finite values of intercept, found NaN",
            Assert.Throws<ModelFileException>(() => ModelFile.Read(bytes, "memory")).Message);
    }

    [Fact]
    public void Read_ArrayTooMany_Throws()
    {
        using var stream = new MemoryStream();
        byte[] bytes = BytesOf(TestModels.Regressor());
        (Dictionary<string, string> metadata, List<Tensor> tensors, _) = Safetensors.Read(bytes);
        Safetensors.Write(stream, "streaming", metadata["streaming"], [.. tensors, new Tensor("more", [0], [])], []);

        Assert.Contains("Wanted no other arrays for a model of kind linear-regressor, found 'more'",
            Assert.Throws<ModelFileException>(() => ModelFile.Read(stream.ToArray(), "memory")).Message);
    }

    [Fact]
    public void Read_BytesThatAreNoStateOfTraining_Throws()
    {
        using var stream = new MemoryStream();
        (Dictionary<string, string> metadata, List<Tensor> tensors, _) = Safetensors.Read(BytesOf(TestModels.Regressor()));
        Safetensors.Write(stream, "streaming", metadata["streaming"], tensors, [("coef", [1, 2])]);

        Assert.Contains("'coef'", Assert.Throws<ModelFileException>(() => ModelFile.Read(stream.ToArray(), "memory")).Message);
    }

    [Fact]
    public void Write_StateOfTraining_IsAnArrayOfBytesBehindTheOthers()
    {
        ModelHeader header = TestTiles.Header(1, TestTiles.Number()) with { TrainingState = [1, 2, 250] };
        byte[] bytes = BytesOf(new LinearRegressorModel(header, [1], 2));
        string text = Encoding.UTF8.GetString(bytes);

        Assert.Matches("\"training.state\":.\"dtype\":\"U8\",\"shape\":.3.,\"data_offsets\":.[0-9]+,[0-9]+.", text);
        Assert.Equal([1, 2, 250], bytes[^3..]);
        Model loaded = ModelFile.Read(bytes, "memory");
        Assert.Equal([1, 2, 250], loaded.Header.TrainingState);
        Assert.Equal(bytes, BytesOf(loaded));
    }

    [Fact]
    public void Read_ArraysInAnotherOrder_IsTheSameModel()
    {
        // Other programs that write safetensors sort the arrays by name.
        using var stream = new MemoryStream();
        byte[] bytes = BytesOf(TestModels.Pca());
        (Dictionary<string, string> metadata, List<Tensor> tensors, _) = Safetensors.Read(bytes);
        Safetensors.Write(stream, "streaming", metadata["streaming"], [.. tensors.OrderBy(t => t.Name, StringComparer.Ordinal)], []);

        Assert.Equal(bytes, BytesOf(ModelFile.Read(stream.ToArray(), "memory")));
    }

    [Fact]
    public void Read_AnotherFile_NamesItAndSaysWhatToDo()
    {
        using var parquet = new MemoryStream("PAR1and then some"u8.ToArray());
        ModelFileException found = Assert.Throws<ModelFileException>(() => ModelFile.Read(parquet, "iris.parquet"));

        Assert.Equal("iris.parquet", found.FileName);
        Assert.StartsWith("'iris.parquet' can't be loaded as a model. Wanted a header of at most", found.Message);
        Assert.EndsWith("Give a file that Streaming saved, or train the model again.", found.Message);
    }

    static byte[] BytesOf(Model model)
    {
        using var stream = new MemoryStream();
        ModelFile.Write(stream, model);
        return stream.ToArray();
    }

    /// <summary>Replaces a text in the header of the PCA model, and its length with it.</summary>
    static void AssertBroken(string good, string bad, string message)
    {
        byte[] bytes = BytesOf(TestModels.Pca());
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        string header = Encoding.UTF8.GetString(bytes, 8, length);
        Assert.Contains(good, header);
        byte[] changed = Encoding.UTF8.GetBytes(header.Replace(good, bad, StringComparison.Ordinal));
        var start = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(start, changed.Length);
        byte[] broken = [.. start, .. changed, .. bytes.AsSpan(8 + length)];

        Assert.Contains(message, Assert.Throws<ModelFileException>(() => ModelFile.Read(broken, "memory")).Message);
    }
}
