using System.Text;
using System.Text.Json;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Models;

/// <summary>
/// The model file as docs/model-file.md has it, for a program that knows nothing of Streaming: read by the specification of safetensors alone, and changed at random.
/// </summary>
public sealed class ModelFileFormatTests : IDisposable
{
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task Reader_ThatKnowsSafetensorsOnly_FindsArraysTypesAndTraining()
    {
        Model model = await FitAsync();
        (JsonElement about, Dictionary<string, double[]> arrays) = Read(CheckpointTests.BytesOf(model));

        foreach (Tensor tensor in model.Tensors)
            Assert.Equal(tensor.Values, arrays[tensor.Name]);

        Assert.Equal(model.Header.Scaling.Offset.ToArray(), arrays["scaling.offset"]);
        Assert.Equal(model.Header.Scaling.Factor.ToArray(), arrays["scaling.factor"]);
        Assert.Equal(1, about.GetProperty("format").GetInt32());
        Assert.Equal("linear-regressor", about.GetProperty("kind").GetString());
        Assert.Equal(["0.5"], [about.GetProperty("parameters").GetProperty("alpha").GetString()]);
        Assert.Equal("""{"a":"INT32","b":"DOUBLE"}""", about.GetProperty("column_types").GetRawText());
        Assert.Equal("y", about.GetProperty("target").GetProperty("name").GetString());
        Assert.Equal(50, about.GetProperty("summary").GetProperty("rows").GetInt64());
        Assert.Matches("^[0-9a-f]{64}$", about.GetProperty("summary").GetProperty("data_fingerprint").GetString());
    }

    [Fact]
    public async Task Fingerprint_IsThatOfTheFilesWhereverTheyLie()
    {
        Model first = await FitAsync();
        Directory.CreateDirectory(data.In("elsewhere"));
        File.Move(data.In("rows.parquet"), data.In("elsewhere/other.parquet"));
        Model moved = await FitAsync("elsewhere/other.parquet");
        Model changed = await FitAsync("rows.parquet", 51);

        Assert.Equal(CheckpointTests.BytesOf(first), CheckpointTests.BytesOf(moved));
        Assert.NotEqual(first.Header.Summary.DataFingerprint, changed.Header.Summary.DataFingerprint);
    }

    [Fact]
    public void ChangedAtRandom_IsAModelOrAClearError()
    {
        var random = new Random(5);
        foreach (string name in TestModels.Names().Select(n => n.Data))
        {
            byte[] whole = CheckpointTests.BytesOf(TestModels.Named(name));
            for (int trial = 0; trial < 400; trial++)
            {
                byte[] broken = [.. whole];
                for (int change = random.Next(1, 6); change > 0; change--)
                    broken[random.Next(random.Next(2) == 0 ? 8 : broken.Length)] = (byte)random.Next(256);

                // Cut short, or with bytes behind its end.
                if (trial % 3 == 0)
                    Array.Resize(ref broken, random.Next(broken.Length + 20));

                try
                {
                    ModelFile.Read(broken, "memory");
                }
                catch (ModelFileException e)
                {
                    Assert.Contains("'memory' can't be loaded as a model", e.Message, StringComparison.Ordinal);
                }
            }
        }
    }

    // 8 bytes of length, JSON, data: https://github.com/huggingface/safetensors, "Format".
    static (JsonElement About, Dictionary<string, double[]> Arrays) Read(byte[] file)
    {
        int header = (int)BitConverter.ToUInt64(file, 0);
        using JsonDocument json = JsonDocument.Parse(Encoding.UTF8.GetString(file, 8, header));
        var arrays = new Dictionary<string, double[]>();
        string? about = null;
        foreach (JsonProperty entry in json.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
            {
                about = entry.Value.GetProperty("streaming").GetString();
                continue;
            }

            if (entry.Value.GetProperty("dtype").GetString() != "F64")
                continue;

            int[] offsets = [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(o => o.GetInt32())];
            var values = new double[entry.Value.GetProperty("shape").EnumerateArray().Aggregate(1, (product, d) => product * d.GetInt32())];
            Assert.Equal(values.Length * sizeof(double), offsets[1] - offsets[0]);
            for (int i = 0; i < values.Length; i++)
                values[i] = BitConverter.ToDouble(file, 8 + header + offsets[0] + i * sizeof(double));

            arrays.Add(entry.Name, values);
        }

        using JsonDocument text = JsonDocument.Parse(about!);
        return (text.RootElement.Clone(), arrays);
    }

    async Task<Model> FitAsync(string file = "rows.parquet", int rows = 50)
    {
        IEnumerable<int> row = Enumerable.Range(0, rows);
        if (!File.Exists(data.In(file)))
            await data.WriteAsync(file, [rows], ("a", row.ToArray()), ("b", row.Select(i => Math.Sin(i)).ToArray()), ("y", row.Select(i => 2.0 * i).ToArray()));

        using Dataset dataset = data.Open(file);
        return (await new Ridge { Alpha = NumberList.Parse("0.5") }.FitAsync(dataset, new TrainingOptions { Target = "y" })).Model;
    }
}
