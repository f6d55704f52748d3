using Streaming.Parquet.Encodings;
using Streaming.Parquet.Format;

namespace Streaming.Parquet;

/// <summary>
/// Turns the flattened schema tree into leaf columns, with levels (parquet-format, README.md, "Nested Encoding") and meaning.
/// One level of lists of numbers makes vectors (LogicalTypes.md, "Lists", with its rules for older files).
/// </summary>
sealed class SchemaBuilder
{
    // Deeper schemas than any writer makes would only serve to exhaust the stack.
    const int MaxDepth = 64;

    const string NestedReason = "it is repeated (part of a map, of a list of groups, or of a list in a group or list)";

    // Every leaf repeats the names of its groups, so a small footer could ask for any amount of text.
    const long MaxPathCharacters = 16_000_000;

    readonly IReadOnlyList<SchemaNode> nodes;
    readonly List<ParquetColumn> columns = [];
    int next = 1;
    long pathCharacters;

    SchemaBuilder(IReadOnlyList<SchemaNode> nodes) => this.nodes = nodes;

    /// <summary>The leaf columns in schema order.</summary>
    /// <exception cref="ParquetException">The elements form no tree.</exception>
    public static IReadOnlyList<ParquetColumn> Build(IReadOnlyList<SchemaNode> nodes)
    {
        var builder = new SchemaBuilder(nodes);
        for (int i = 0; i < nodes[0].ChildCount; i++)
            builder.AddSubtree(prefix: "", definition: 0, repetition: 0, depth: 0);

        if (builder.next != nodes.Count)
            throw new ParquetException($"The schema has {nodes.Count} elements, its tree holds {builder.next}.");

        return builder.columns;
    }

    void AddSubtree(string prefix, int definition, int repetition, int depth)
    {
        if (next >= nodes.Count)
            throw new ParquetException($"The schema has {nodes.Count} elements, its tree announces more.");

        if (depth > MaxDepth)
            throw new ParquetException($"The schema nests more than {MaxDepth} deep.");

        SchemaNode node = nodes[next++];
        pathCharacters += prefix.Length + 1 + node.Name.Length;
        if (pathCharacters > MaxPathCharacters)
            throw new ParquetException($"The names of the columns have more than {MaxPathCharacters} characters together.");

        string name = prefix.Length == 0 ? node.Name : prefix + "." + node.Name;
        if (node.Repetition != Repetition.Required)
            definition++;

        if (node.Repetition == Repetition.Repeated)
            repetition++;

        if (depth == 0 && TryAddList(node, name, definition))
            return;

        // Old writers leave the child count of a leaf out, others write 0; a group without children has no type.
        if (IsLeaf(node))
        {
            Meaning meaning = repetition > 0 ? new(ColumnKind.Unsupported, Reason: NestedReason) : Interpret(node, node.Type!.Value);
            AddColumn(node, name, meaning, definition, repetition);
            return;
        }

        for (int i = 0; i < node.ChildCount; i++)
            AddSubtree(name, definition, repetition, depth + 1);
    }

    // A list of single values, in one of its three forms: an annotated group of a repeated group of one element, an annotated
    // group of a repeated element, or a repeated element without a group. Its elements are consumed, if it is one.
    bool TryAddList(SchemaNode list, string name, int definition)
    {
        if (list.Repetition == Repetition.Repeated)
        {
            if (IsLeaf(list))
                AddList(list, name, definition, elementLevel: definition);

            return IsLeaf(list);
        }

        if (list.Logical.Kind != LogicalKind.List || IsLeaf(list) || list.ChildCount != 1 || next >= nodes.Count)
            return false;

        SchemaNode repeated = nodes[next];
        if (repeated.Repetition != Repetition.Repeated)
            return false;

        definition++;
        if (IsLeaf(repeated))
        {
            next++;
            AddList(repeated, name, definition, elementLevel: definition);
            return true;
        }

        // By these names the group is no mere step on the way, but the element.
        bool isElement = repeated.Name == "array" || repeated.Name == list.Name + "_tuple";
        if (isElement || repeated.ChildCount != 1 || next + 1 >= nodes.Count)
            return false;

        SchemaNode element = nodes[next + 1];
        if (!IsLeaf(element) || element.Repetition == Repetition.Repeated)
            return false;

        next += 2;
        AddList(element, name, definition + (element.Repetition == Repetition.Optional ? 1 : 0), elementLevel: definition);
        return true;
    }

    void AddList(SchemaNode element, string name, int definition, int elementLevel)
    {
        Meaning meaning = Interpret(element, element.Type!.Value);
        if (meaning.Kind == ColumnKind.Text)
            meaning = new Meaning(ColumnKind.Unsupported, Reason: "it is a list of texts");
        else if (meaning.Kind != ColumnKind.Unsupported)
            meaning = meaning with { Kind = ColumnKind.Vector };

        AddColumn(element, name, meaning, definition, repetition: 1, elementLevel);
    }

    void AddColumn(SchemaNode leaf, string name, Meaning meaning, int definition, int repetition, int elementLevel = 0)
    {
        PhysicalType type = leaf.Type!.Value;
        string typeName = TypeNames.Of(type, leaf.TypeLength, leaf.Logical);
        columns.Add(new ParquetColumn
        {
            Name = name,
            Index = columns.Count,
            PhysicalType = type,
            TypeName = elementLevel > 0 ? $"LIST<{typeName}>" : typeName,
            Kind = meaning.Kind,
            Unit = meaning.Unit,
            IsUtc = leaf.Logical is { Kind: LogicalKind.Timestamp, IsUtc: true },
            Scale = leaf.Logical.Kind == LogicalKind.Decimal ? leaf.Logical.Scale : null,
            MaxDefinitionLevel = definition,
            MaxRepetitionLevel = repetition,
            UnsupportedReason = meaning.Reason,
            Format = meaning.Format,
            ElementLevel = elementLevel,
            FixedLength = type == PhysicalType.FixedLenByteArray ? leaf.TypeLength : 0,
        });
    }

    static bool IsLeaf(SchemaNode node) => node.Type is not null && node.ChildCount == 0;

    static Meaning Interpret(SchemaNode node, PhysicalType type)
    {
        LogicalType logical = node.Logical;
        if (type == PhysicalType.FixedLenByteArray && node.TypeLength <= 0)
            return new Meaning(ColumnKind.Unsupported, Reason: $"its fixed length is {node.TypeLength}");

        if (logical.Kind == LogicalKind.Decimal)
            return Decimal(node, type);

        if (!CanAnnotate(logical, type))
            return new Meaning(ColumnKind.Unsupported, Reason: $"{TypeNames.Of(type, node.TypeLength, logical)} can't be stored as {type}");

        return type switch
        {
            PhysicalType.Boolean => new(ColumnKind.Boolean, new(NumberKind.Boolean, 0)),
            PhysicalType.Int32 when IsUnsigned(logical) => new(ColumnKind.Number, new(NumberKind.UInt32, 4)),
            PhysicalType.Int32 => new(ColumnKind.Number, new(NumberKind.Int32, 4), TypeNames.Unit(logical)),
            PhysicalType.Int64 when IsUnsigned(logical) => new(ColumnKind.Number, new(NumberKind.UInt64, 8)),
            PhysicalType.Int64 => new(ColumnKind.Number, new(NumberKind.Int64, 8), TypeNames.Unit(logical)),
            PhysicalType.Int96 => new(ColumnKind.Number, new(NumberKind.Int96, 12), "microseconds since 1970-01-01"),
            PhysicalType.Float => new(ColumnKind.Number, new(NumberKind.Float, 4)),
            PhysicalType.Double => new(ColumnKind.Number, new(NumberKind.Double, 8)),
            PhysicalType.FixedLenByteArray when logical.Kind == LogicalKind.Float16 && node.TypeLength == 2 =>
                new(ColumnKind.Number, new(NumberKind.Half, 2)),
            PhysicalType.ByteArray when logical.Kind == LogicalKind.None => new(ColumnKind.Text),
            PhysicalType.ByteArray when logical.Kind is LogicalKind.String or LogicalKind.Enum or LogicalKind.Json =>
                new(ColumnKind.Text, new(NumberKind.Text, 0)),
            _ => new(ColumnKind.Unsupported, Reason: $"{TypeNames.Of(type, node.TypeLength, logical)} is neither a number nor text"),
        };
    }

    static Meaning Decimal(SchemaNode node, PhysicalType type)
    {
        // 308 is where ten to that power leaves double; no writer goes beyond 76.
        if (node.Logical.Scale is < 0 or > 308)
            return new Meaning(ColumnKind.Unsupported, Reason: $"its scale is {node.Logical.Scale}");

        double divisor = double.Parse($"1e{node.Logical.Scale}", System.Globalization.CultureInfo.InvariantCulture);
        return type switch
        {
            PhysicalType.Int32 => new(ColumnKind.Number, new(NumberKind.Int32, 4, divisor)),
            PhysicalType.Int64 => new(ColumnKind.Number, new(NumberKind.Int64, 8, divisor)),
            PhysicalType.FixedLenByteArray => new(ColumnKind.Number, new(NumberKind.BigEndian, node.TypeLength, divisor)),
            PhysicalType.ByteArray => new(ColumnKind.Number, new(NumberKind.BigEndian, 0, divisor)),
            _ => new(ColumnKind.Unsupported, Reason: $"a decimal can't be stored as {type}"),
        };
    }

    // LogicalTypes.md says which physical types each date and time may annotate.
    static bool CanAnnotate(LogicalType logical, PhysicalType type) => (logical.Kind, logical.Unit) switch
    {
        (LogicalKind.Date, _) => type == PhysicalType.Int32,
        (LogicalKind.Time, TimeResolution.Millis) => type == PhysicalType.Int32,
        (LogicalKind.Time or LogicalKind.Timestamp, _) => type == PhysicalType.Int64,
        (LogicalKind.Integer, _) => type is PhysicalType.Int32 or PhysicalType.Int64,
        _ => true,
    };

    static bool IsUnsigned(LogicalType logical) => logical is { Kind: LogicalKind.Integer, IsSigned: false };

    readonly record struct Meaning(ColumnKind Kind, NumberFormat Format = default, string? Unit = null, string? Reason = null);
}
