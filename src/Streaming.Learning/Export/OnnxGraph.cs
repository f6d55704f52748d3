using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Onnx;
using DataType = Onnx.TensorProto.Types.DataType;

namespace Streaming.Learning.Export;

/// <summary>An ONNX graph while it is put together: every call adds one part and gives the name by which others refer to its values.</summary>
sealed class OnnxGraph
{
    readonly GraphProto graph = new() { Name = "streaming" };
    readonly HashSet<string> names = new(StringComparer.Ordinal);
    readonly List<OnnxValue> inputs = [];
    readonly List<OnnxValue> outputs = [];

    /// <summary>What the graph reads.</summary>
    public IReadOnlyList<OnnxValue> Inputs => inputs;

    /// <summary>What it gives.</summary>
    public IReadOnlyList<OnnxValue> Outputs => outputs;

    /// <summary>The graph as it is now.</summary>
    public GraphProto ToProto() => graph;

    /// <summary>A value that the caller gives: [N × columns].</summary>
    public string Input(string name, int columns, OnnxType type = OnnxType.Double)
    {
        var value = new OnnxValue(Free(name), type, columns);
        inputs.Add(value);
        graph.Input.Add(Describe(value));
        return value.Name;
    }

    /// <summary>A value that the caller gets: [N × columns], or [N] where <paramref name="columns"/> is null.</summary>
    public void Output(string name, OnnxType type, int? columns, string source)
    {
        var value = new OnnxValue(Free(name), type, columns);
        outputs.Add(value);
        graph.Output.Add(Describe(value));
        graph.Node.Add(new NodeProto { OpType = "Identity", Input = { source }, Output = { value.Name } });
    }

    /// <summary>An operator on values.</summary>
    public string Node(string operation, params ReadOnlySpan<string> operands) => Node(operation, [], operands);

    /// <summary>An operator with attributes, each a whole number.</summary>
    public string Node(string operation, (string Name, long Value)[] attributes, params ReadOnlySpan<string> operands)
    {
        var node = new NodeProto { OpType = operation, Output = { Free(operation + Number()) } };
        foreach (string operand in operands)
            node.Input.Add(operand);

        foreach ((string name, long value) in attributes)
            node.Attribute.Add(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value });

        graph.Node.Add(node);
        return node.Output[0];
    }

    /// <summary>The whole number that a table has for each text (LabelEncoder of the operators for machine learning, ai.onnx.ml).</summary>
    public string Lookup(string texts, IReadOnlyList<string> keys, IReadOnlyList<long> values, long otherwise)
    {
        var node = new NodeProto { OpType = "LabelEncoder", Domain = OnnxExport.LearningDomain, Input = { texts }, Output = { Free("codes" + Number()) } };
        var from = new AttributeProto { Name = "keys_strings", Type = AttributeProto.Types.AttributeType.Strings };
        from.Strings.AddRange(keys.Select(ByteString.CopyFromUtf8));
        var to = new AttributeProto { Name = "values_int64s", Type = AttributeProto.Types.AttributeType.Ints };
        to.Ints.AddRange(values);
        node.Attribute.Add(from);
        node.Attribute.Add(to);
        node.Attribute.Add(new AttributeProto { Name = "default_int64", Type = AttributeProto.Types.AttributeType.Int, I = otherwise });
        graph.Node.Add(node);
        return node.Output[0];
    }

    /// <summary>A single number.</summary>
    public string Constant(double value) => Constant([value]);

    /// <summary>A single whole number.</summary>
    public string Scalar(long value) => Raw([value], DataType.Int64, []);

    /// <summary>Numbers, row-major; without a shape a single one is a scalar.</summary>
    public string Constant(ReadOnlySpan<double> values, params ReadOnlySpan<int> shape) => Raw(values, DataType.Double, shape);

    /// <summary>A row of float32 numbers.</summary>
    public string Constant(ReadOnlySpan<float> values) => Raw(values, DataType.Float, [values.Length]);

    /// <summary>A row of whole numbers, such as the axes of an operator.</summary>
    public string Constant(params ReadOnlySpan<long> values) => Raw(values, DataType.Int64, [values.Length]);

    /// <summary>A row of truth values.</summary>
    public string Constant(ReadOnlySpan<bool> values) => Raw(values, DataType.Bool, [values.Length]);

    /// <summary>A row of texts.</summary>
    public string Constant(IEnumerable<string> texts)
    {
        var tensor = new TensorProto { DataType = (int)DataType.String };
        tensor.StringData.AddRange(texts.Select(ByteString.CopyFromUtf8));
        return Add(tensor, [tensor.StringData.Count]);
    }

    // ONNX keeps raw data little-endian, as every machine that .NET runs on does.
    string Raw<T>(ReadOnlySpan<T> values, DataType type, ReadOnlySpan<int> shape)
        where T : unmanaged =>
        Add(new TensorProto { DataType = (int)type, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)) }, shape);

    string Add(TensorProto tensor, ReadOnlySpan<int> shape)
    {
        tensor.Name = Free("constant" + Number());
        foreach (int length in shape)
            tensor.Dims.Add(length);

        graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    string Number() => names.Count.ToString(CultureInfo.InvariantCulture);

    /// <summary>A name that nothing has yet: a column may be called as an output or an operator is.</summary>
    string Free(string name)
    {
        while (!names.Add(name))
            name += "_";

        return name;
    }

    static ValueInfoProto Describe(OnnxValue value)
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "N" } } };
        if (value.Columns is { } columns)
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = columns });

        DataType type = value.Type switch
        {
            OnnxType.Double => DataType.Double,
            OnnxType.Int64 => DataType.Int64,
            OnnxType.Bool => DataType.Bool,
            _ => DataType.String,
        };
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape };
        return new ValueInfoProto { Name = value.Name, Type = new TypeProto { TensorType = tensor } };
    }
}
