using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Streaming.Learning.Models;

/// <summary>
/// The safetensors format (https://github.com/huggingface/safetensors, "Format"), as far as models use it:
/// <code>
/// 8 bytes   length N of the header, little-endian
/// N bytes   JSON: {"__metadata__": {name: text}, name: {"dtype": "F64", "shape": [2,3], "data_offsets": [begin, end]}, ...}
///           padded with spaces to a multiple of 8
/// the rest  the arrays, little-endian and row-major, one behind the other without gaps; offsets count from here
/// </code>
/// Any program that reads safetensors reads these files, without Streaming.
/// </summary>
static class Safetensors
{
    const int LengthBytes = 8;
    const string MetadataName = "__metadata__";

    /// <summary>Longest header that the format allows, in bytes.</summary>
    const int MaxHeaderBytes = 100_000_000;

    internal static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes arrays of numbers and of bytes, in their order, under one entry of metadata.</summary>
    internal static void Write(
        Stream stream, string metadataKey, string metadata, IReadOnlyList<Tensor> tensors, IReadOnlyList<(string Name, byte[] Values)> bytes)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, JsonOptions))
            WriteHeader(writer, metadataKey, metadata, tensors, bytes);

        while (json.Length % LengthBytes != 0)
            json.WriteByte((byte)' ');

        Span<byte> length = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        stream.Write(length);
        json.WriteTo(stream);
        foreach (Tensor tensor in tensors)
        {
            var values = new byte[sizeof(double) * tensor.Values.Length];
            for (int i = 0; i < tensor.Values.Length; i++)
                BinaryPrimitives.WriteDoubleLittleEndian(values.AsSpan(sizeof(double) * i), tensor.Values[i]);

            stream.Write(values);
        }

        foreach ((_, byte[] values) in bytes)
            stream.Write(values);
    }

    /// <summary>Reads what <see cref="Write"/> or another program wrote: metadata, arrays of numbers in the order of their data, arrays of bytes.</summary>
    /// <exception cref="FormatException">The bytes break the format, or hold what models don't use.</exception>
    internal static (Dictionary<string, string> Metadata, List<Tensor> Tensors, Dictionary<string, byte[]> Bytes) Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < LengthBytes)
            throw new FormatException($"Wanted the {LengthBytes} bytes of the header's length, found a file of {file.Length} bytes.");

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(file);
        CheckHeaderLength(length, file.Length);
        ReadOnlySpan<byte> data = file[(LengthBytes + (int)length)..];
        using JsonDocument json = JsonDocument.Parse(file.Slice(LengthBytes, (int)length).ToArray(), JsonAccess.Options);

        var metadata = new Dictionary<string, string>();
        var entries = new List<Entry>();
        foreach (JsonProperty property in json.RootElement.Members("the header"))
        {
            if (property.Name != MetadataName)
            {
                entries.Add(ReadEntry(property.Name, property.Value));
                continue;
            }

            foreach (JsonProperty entry in property.Value.Members(MetadataName))
                metadata.Add(entry.Name, entry.Value.Text(entry.Name));
        }

        (List<Tensor> tensors, Dictionary<string, byte[]> bytes) = ReadData(entries, data);
        return (metadata, tensors, bytes);
    }

    /// <summary>Refuses a length of the header that can't be, before anything of that size is read.</summary>
    /// <exception cref="FormatException">The format doesn't allow it, or the file is shorter.</exception>
    internal static void CheckHeaderLength(ulong length, long fileLength)
    {
        if (length > MaxHeaderBytes)
            throw new FormatException($"Wanted a header of at most {MaxHeaderBytes} bytes, found the length {length}.");

        if ((long)length > fileLength - LengthBytes)
            throw new FormatException($"Wanted a header of {length} bytes, found {fileLength - LengthBytes} bytes.");
    }

    static void WriteHeader(
        Utf8JsonWriter writer, string metadataKey, string metadata, IReadOnlyList<Tensor> tensors, IReadOnlyList<(string Name, byte[] Values)> bytes)
    {
        writer.WriteStartObject();
        writer.WriteStartObject(MetadataName);
        writer.WriteString(metadataKey, metadata);
        writer.WriteEndObject();
        long offset = 0;
        foreach (Tensor tensor in tensors)
            WriteEntry(tensor.Name, "F64", tensor.Shape, sizeof(double) * (long)tensor.Values.Length);

        foreach ((string name, byte[] values) in bytes)
            WriteEntry(name, "U8", [values.Length], values.Length);

        writer.WriteEndObject();

        void WriteEntry(string name, string type, IReadOnlyList<int> shape, long length)
        {
            writer.WriteStartObject(name);
            writer.WriteString("dtype", type);
            writer.WriteStartArray("shape");
            foreach (int dimension in shape)
                writer.WriteNumberValue(dimension);

            writer.WriteEndArray();
            writer.WriteStartArray("data_offsets");
            writer.WriteNumberValue(offset);
            writer.WriteNumberValue(offset += length);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
    }

    static Entry ReadEntry(string name, JsonElement entry)
    {
        string type = entry.Member("dtype", name).Text("dtype");
        if (type is not ("F64" or "U8"))
            throw new FormatException($"Array '{name}': wanted the type F64 or U8, found '{type}'.");

        int size = type == "F64" ? sizeof(double) : 1;

        int[] shape = [.. entry.Member("shape", name).Items("shape").Select(d => (int)d.Whole("shape", 0, int.MaxValue))];
        JsonElement range = entry.Member("data_offsets", name);
        long[] offsets = [.. range.Items("data_offsets").Select(o => o.Whole("data_offsets", 0, long.MaxValue))];
        if (offsets.Length != 2)
            throw new FormatException($"Array '{name}': wanted two data_offsets, found {offsets.Length}.");

        // A product of at most int.MaxValue twice in a row still fits; no array of more is loaded.
        long values = 1;
        foreach (int dimension in shape)
        {
            values *= dimension;
            if (values > int.MaxValue)
                throw new FormatException($"Array '{name}': wanted at most {int.MaxValue} values, found [{string.Join(", ", shape)}].");
        }

        if (offsets[1] - offsets[0] != size * values)
        {
            throw new FormatException(
                $"Array '{name}': wanted {size * values} bytes for the shape [{string.Join(", ", shape)}], "
                + $"found the offsets {offsets[0]} to {offsets[1]}.");
        }

        return new Entry(name, size, shape, offsets[0], offsets[1]);
    }

    static (List<Tensor> Tensors, Dictionary<string, byte[]> Bytes) ReadData(List<Entry> entries, ReadOnlySpan<byte> data)
    {
        // Checked as a whole before the first array is made.
        entries.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        long end = 0;
        foreach (Entry entry in entries)
        {
            if (entry.Begin != end)
                throw new FormatException($"Array '{entry.Name}': wanted its data at offset {end}, found it at {entry.Begin}.");

            end = entry.End;
        }

        if (end != data.Length)
            throw new FormatException($"Wanted {end} bytes of data, found {data.Length}.");

        var tensors = new List<Tensor>();
        var bytes = new Dictionary<string, byte[]>();
        foreach (Entry entry in entries)
        {
            if (entry.ValueSize == 1)
            {
                bytes.Add(entry.Name, data[(int)entry.Begin..(int)entry.End].ToArray());
                continue;
            }

            var values = new double[(entry.End - entry.Begin) / sizeof(double)];
            for (int i = 0; i < values.Length; i++)
                values[i] = BinaryPrimitives.ReadDoubleLittleEndian(data[((int)entry.Begin + sizeof(double) * i)..]);

            tensors.Add(new Tensor(entry.Name, entry.Shape, values));
        }

        return (tensors, bytes);
    }

    /// <summary>Where an array lies.</summary>
    sealed record Entry(string Name, int ValueSize, int[] Shape, long Begin, long End);
}
