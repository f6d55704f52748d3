using System.Buffers.Binary;
using System.Text.Json;
using Streaming.Learning.Data;
using Streaming.Storage;

namespace Streaming.Learning.Models;

/// <summary>
/// Models as files: safetensors (<see cref="Safetensors"/>) with the arrays as float64, what the estimator wants to go on from there as one
/// array of bytes (<c>training.state</c>), and all else as one JSON text under the metadata key <c>streaming</c>. The same model always gives the same bytes. A file holds data only: loading runs none of it,
/// checks all of it, and allocates no more than what the file really holds.
/// </summary>
public static class ModelFile
{
    const string MetadataKey = "streaming";
    const string OffsetName = "scaling.offset";
    const string FactorName = "scaling.factor";
    const string MeansName = "imputation.mean";
    const string MediansName = "imputation.median";
    const string FillsName = "imputation.fill";
    const string StateName = "training.state";
    const string Advice = "Give a file that Streaming saved, or train the model again.";

    /// <summary>Saves a model; the file appears under its name only when it is whole.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file.</param>
    /// <param name="store">Where it is. Default: a local disk, or S3 as the environment says.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static void Save(Model model, string path, FileStore? store = null)
    {
        using AtomicFile file = (store ?? FileStore.Default).Create(path);
        Write(file.Stream, model);
        file.Commit();
    }

    /// <summary>Writes a model to a stream, which stays open.</summary>
    public static void Write(Stream stream, Model model)
    {
        FeatureScaling scaling = model.Header.Scaling;
        byte[] state = model.Header.TrainingState;
        Safetensors.Write(
            stream,
            MetadataKey,
            ModelMetadata.Write(model),
            [
                new Tensor(OffsetName, [scaling.Count], scaling.Offset.ToArray()),
                new Tensor(FactorName, [scaling.Count], scaling.Factor.ToArray()),
                .. model.Header.Rules.Means is { } means ? [new Tensor(MeansName, [scaling.Count], [.. means])] : Array.Empty<Tensor>(),
                .. model.Header.Rules.Medians is { } medians ? [new Tensor(MediansName, [scaling.Count], [.. medians])] : Array.Empty<Tensor>(),
                .. model.Header.Rules.MissingFills is { } fills ? [new Tensor(FillsName, [scaling.Count], [.. fills])] : Array.Empty<Tensor>(),
                .. model.Tensors,
            ],
            state.Length > 0 ? [(StateName, state)] : []);
    }

    /// <summary>Loads a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="store">Where it is. Default: a local disk, or S3 as the environment says.</param>
    /// <exception cref="ModelFileException">The file isn't a model that this version can load.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static Model Load(string path, FileStore? store = null)
    {
        using Stream stream = (store ?? FileStore.Default).OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>Reads a model from a stream, to its end; the stream stays open.</summary>
    /// <param name="stream">The bytes.</param>
    /// <param name="name">What to call them in errors.</param>
    /// <exception cref="ModelFileException">The bytes aren't a model that this version can load.</exception>
    /// <exception cref="IOException">The stream can't be read.</exception>
    public static Model Read(Stream stream, string name)
    {
        // The first bytes tell most files that aren't models, however long they are.
        using var bytes = new MemoryStream();
        var start = new byte[8];
        int found = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        bytes.Write(start, 0, found);
        try
        {
            if (found == start.Length)
            {
                long fileLength = stream.CanSeek ? stream.Length : long.MaxValue;
                Safetensors.CheckHeaderLength(BinaryPrimitives.ReadUInt64LittleEndian(start), fileLength);
            }
        }
        catch (FormatException e)
        {
            throw new ModelFileException(name, e.Message, Advice, e);
        }

        if (stream.CanSeek && stream.Length > Array.MaxLength)
            throw new ModelFileException(name, $"Wanted at most {Array.MaxLength} bytes, found {stream.Length}.", Advice);

        stream.CopyTo(bytes);
        return Read(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), name);
    }

    /// <summary>Reads a model from bytes.</summary>
    /// <param name="file">All bytes of the file.</param>
    /// <param name="name">What to call them in errors.</param>
    /// <exception cref="ModelFileException">The bytes aren't a model that this version can load.</exception>
    public static Model Read(ReadOnlySpan<byte> file, string name)
    {
        try
        {
            return Read(file);
        }
        catch (FormatException e)
        {
            throw new ModelFileException(name, e.Message, Advice, e);
        }
        catch (ArgumentException e)
        {
            throw new ModelFileException(name, $"Its parts don't fit together: {e.Message}", Advice, e);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter is what System.Text.Json throws for a text that isn't UTF-8.
            throw new ModelFileException(name, $"Its header isn't JSON: {e.Message}", Advice, e);
        }
    }

    static Model Read(ReadOnlySpan<byte> file)
    {
        (Dictionary<string, string> metadata, List<Tensor> tensors, Dictionary<string, byte[]> bytes) = Safetensors.Read(file);
        if (!metadata.TryGetValue(MetadataKey, out string? text))
            throw new FormatException($"Wanted metadata '{MetadataKey}', found none: it is a safetensors file of another program.");

        Dictionary<string, Tensor> byName = tensors.ToDictionary(t => t.Name);
        var scaling = new FeatureScaling(byName.ValuesOf(OffsetName, rank: 1), byName.ValuesOf(FactorName, rank: 1));
        double[]? means = byName.ContainsKey(MeansName) ? byName.ValuesOf(MeansName, rank: 1) : null;
        double[]? medians = byName.ContainsKey(MediansName) ? byName.ValuesOf(MediansName, rank: 1) : null;
        double[]? fills = byName.ContainsKey(FillsName) ? byName.ValuesOf(FillsName, rank: 1) : null;
        foreach (string name in new[] { OffsetName, FactorName, MeansName, MediansName, FillsName })
            byName.Remove(name);

        (string kind, ModelHeader header) = ModelMetadata.Read(text, scaling, means);
        bytes.Remove(StateName, out byte[]? state);
        if (bytes.Count > 0)
            throw new FormatException($"Array '{bytes.Keys.First()}': wanted the type F64, found 'U8'.");

        Model model = ModelKinds.Load(kind, header with { TrainingState = state ?? [], Rules = header.Rules with { Medians = medians, MissingFills = fills } }, byName);
        CheckArrays(model, byName);
        return model;
    }

    /// <summary>The model would be written with just the arrays that it was made of: none is left over, and all have its shapes.</summary>
    static void CheckArrays(Model model, Dictionary<string, Tensor> found)
    {
        foreach (Tensor wanted in model.Tensors)
        {
            if (!found.Remove(wanted.Name, out Tensor? tensor) || !tensor.Shape.SequenceEqual(wanted.Shape))
            {
                throw new FormatException(
                    $"Array '{wanted.Name}' of a model of kind {model.Kind}: wanted the shape [{string.Join(", ", wanted.Shape)}], "
                    + $"found {(tensor is null ? "no such array" : $"[{string.Join(", ", tensor.Shape)}]")}.");
            }
        }

        if (found.Count > 0)
        {
            throw new FormatException(
                $"Wanted no other arrays for a model of kind {model.Kind}, found '{string.Join("', '", found.Keys)}'.");
        }
    }
}
