using Streaming.Parquet.Format;

namespace Streaming.Parquet.Tests;

public sealed class SchemaBuilderTests
{
    [Fact]
    public void Build_NestedSchema_GivesPathsAndLevels()
    {
        IReadOnlyList<ParquetColumn> columns = SchemaBuilder.Build(
        [
            Group("root", 3, Repetition.Required),
            Leaf("a", PhysicalType.Int32, Repetition.Required),
            Group("g", 2, Repetition.Optional),
            Leaf("b", PhysicalType.Double, Repetition.Optional),
            Leaf("c", PhysicalType.Boolean, Repetition.Required),
            Leaf("l", PhysicalType.Float, Repetition.Repeated),
        ]);
        Assert.Equal(["a INT32", "g.b DOUBLE", "g.c BOOLEAN", "l LIST<FLOAT>"], columns.Select(c => c.ToString()));
        Assert.Equal([0, 2, 1, 1], columns.Select(c => c.MaxDefinitionLevel));
        Assert.Equal([0, 0, 0, 1], columns.Select(c => c.MaxRepetitionLevel));
        Assert.Equal([ColumnKind.Number, ColumnKind.Number, ColumnKind.Boolean, ColumnKind.Vector], columns.Select(c => c.Kind));
    }

    [Theory]
    [InlineData("list", Repetition.Optional, Repetition.Optional, 3, 2)]
    [InlineData("bag", Repetition.Required, Repetition.Optional, 2, 1)]
    [InlineData("anything", Repetition.Optional, Repetition.Required, 2, 2)]
    [InlineData("list", Repetition.Required, Repetition.Required, 1, 1)]
    internal void Build_ListOfThreeLevels_IsAVector(string middle, Repetition list, Repetition element, int definition, int elementLevel)
    {
        ParquetColumn column = BuildOne(List("v", list), Group(middle, 1, Repetition.Repeated), Leaf("e", PhysicalType.Float, element));
        Assert.Equal(("v", "LIST<FLOAT>", ColumnKind.Vector), (column.Name, column.TypeName, column.Kind));
        Assert.Equal((definition, elementLevel, 1), (column.MaxDefinitionLevel, column.ElementLevel, column.MaxRepetitionLevel));
        Assert.False(column.IsInteger);
    }

    [Theory]
    [InlineData(Repetition.Optional, 2)]
    [InlineData(Repetition.Required, 1)]
    internal void Build_ListOfTwoLevels_IsAVector(Repetition list, int definition)
    {
        ParquetColumn column = BuildOne(List("v", list), Leaf("array", PhysicalType.Int64, Repetition.Repeated));
        Assert.Equal(("v LIST<INT64>", ColumnKind.Vector), (column.ToString(), column.Kind));
        Assert.Equal((definition, definition), (column.MaxDefinitionLevel, column.ElementLevel));
    }

    [Fact]
    public void Build_OtherRepeatedColumns_AreUnsupportedWithAReason()
    {
        SchemaNode number = Leaf("e", PhysicalType.Float, Repetition.Optional);
        SchemaNode text = Leaf("e", PhysicalType.ByteArray, Repetition.Optional) with { Logical = new LogicalType(LogicalKind.String) };
        SchemaNode step = Group("list", 1, Repetition.Repeated);
        Check("v: it is a list of texts", List("v", Repetition.Optional), step, text);
        Check("v: INTERVAL is neither a number nor text", List("v", Repetition.Optional), step, Leaf("e", PhysicalType.FixedLenByteArray, Repetition.Required) with { TypeLength = 12, Logical = new LogicalType(LogicalKind.Interval) });
        Check("v.list.l.list.e: it is repeated", List("v", Repetition.Optional), step, List("l", Repetition.Optional), step, number);
        Check("g.v.list.e: it is repeated", Group("g", 1, Repetition.Optional), List("v", Repetition.Optional), step, number);
        Check("v.array.e: it is repeated", List("v", Repetition.Optional), Group("array", 1, Repetition.Repeated), number);
        Check("v.v_tuple.e: it is repeated", List("v", Repetition.Optional), Group("v_tuple", 1, Repetition.Repeated), number);
        Check("v.list.e: it is repeated", List("v", Repetition.Optional), step, number with { Repetition = Repetition.Repeated });
        Check("v.list.e: it is repeated", Group("v", 1, Repetition.Optional), step, number);
        Check("v.list.e: it is repeated", List("v", Repetition.Repeated), step, number);
        Check(
            "m.kv.k: it is repeated",
            Group("m", 1, Repetition.Optional) with { Logical = new LogicalType(LogicalKind.Map) },
            Group("kv", 2, Repetition.Repeated),
            Leaf("k", PhysicalType.Int32, Repetition.Required),
            number);

        static void Check(string expected, params SchemaNode[] nodes)
        {
            ParquetColumn column = SchemaBuilder.Build([Group("root", 1, Repetition.Required), .. nodes])[0];
            Assert.Equal(ColumnKind.Unsupported, column.Kind);
            Assert.StartsWith(expected, $"{column.Name}: {column.UnsupportedReason}");
        }
    }

    [Fact]
    public void Build_ListThatIsCutShort_IsRefused()
    {
        SchemaNode[] nodes = [Group("root", 1, Repetition.Required), List("v", Repetition.Optional), Group("list", 1, Repetition.Repeated), Leaf("e", PhysicalType.Float, Repetition.Optional)];
        for (int n = 1; n < nodes.Length; n++)
            Assert.Throws<ParquetException>(() => SchemaBuilder.Build(nodes[..n]));
    }

    [Theory]
    [InlineData(PhysicalType.Int32, LogicalKind.Decimal, "DECIMAL(9,2)", ColumnKind.Number, null)]
    [InlineData(PhysicalType.Int32, LogicalKind.Date, "DATE", ColumnKind.Number, "days since 1970-01-01")]
    [InlineData(PhysicalType.Int64, LogicalKind.Timestamp, "TIMESTAMP(MICROS)", ColumnKind.Number, "microseconds since 1970-01-01")]
    [InlineData(PhysicalType.Int64, LogicalKind.Time, "TIME(MICROS)", ColumnKind.Number, "microseconds since midnight")]
    [InlineData(PhysicalType.Int32, LogicalKind.Integer, "UINT16", ColumnKind.Number, null)]
    [InlineData(PhysicalType.Int96, LogicalKind.None, "INT96", ColumnKind.Number, "microseconds since 1970-01-01")]
    [InlineData(PhysicalType.ByteArray, LogicalKind.String, "STRING", ColumnKind.Text, null)]
    [InlineData(PhysicalType.ByteArray, LogicalKind.None, "BINARY", ColumnKind.Text, null)]
    [InlineData(PhysicalType.ByteArray, LogicalKind.Bson, "BSON", ColumnKind.Unsupported, null)]
    [InlineData(PhysicalType.Int64, LogicalKind.Date, "DATE", ColumnKind.Unsupported, null)]
    internal void Build_Type_HasItsNameKindAndUnit(PhysicalType type, LogicalKind logical, string name, ColumnKind kind, string? unit)
    {
        SchemaNode leaf = Leaf("x", type, Repetition.Required) with
        {
            Logical = new LogicalType(logical, Width: 16, IsSigned: false, Precision: 9, Scale: 2, Unit: TimeResolution.Micros),
        };
        ParquetColumn column = SchemaBuilder.Build([Group("root", 1, Repetition.Required), leaf])[0];
        Assert.Equal((name, kind, unit), (column.TypeName, column.Kind, column.Unit));
        Assert.Equal(kind == ColumnKind.Unsupported, column.UnsupportedReason is not null);
    }

    [Fact]
    public void Build_ManyLeavesUnderALongName_IsRefusedBeforeTheNamesAreMade()
    {
        List<SchemaNode> nodes = [Group("root", 1, Repetition.Required), Group(new string('x', 1_000_000), 1_000_000, Repetition.Required)];
        nodes.AddRange(Enumerable.Repeat(Leaf("y", PhysicalType.Int32, Repetition.Required), 1_000_000));
        var e = Assert.Throws<ParquetException>(() => SchemaBuilder.Build(nodes));
        Assert.Equal("The names of the columns have more than 16000000 characters together.", e.Message);
    }

    [Fact]
    public void Build_GroupsWithinGroupsWithoutEnd_IsRefused()
    {
        List<SchemaNode> nodes = [.. Enumerable.Repeat(Group("g", 1, Repetition.Required), 1000)];
        Assert.Equal("The schema nests more than 64 deep.", Assert.Throws<ParquetException>(() => SchemaBuilder.Build(nodes)).Message);
    }

    static ParquetColumn BuildOne(params SchemaNode[] nodes) =>
        Assert.Single(SchemaBuilder.Build([Group("root", 1, Repetition.Required), .. nodes]));

    static SchemaNode List(string name, Repetition repetition) =>
        Group(name, 1, repetition) with { Logical = new LogicalType(LogicalKind.List) };

    static SchemaNode Leaf(string name, PhysicalType type, Repetition repetition) => new() { Name = name, Type = type, Repetition = repetition };

    static SchemaNode Group(string name, int children, Repetition repetition) => new() { Name = name, ChildCount = children, Repetition = repetition };
}
