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
        Assert.Equal(["a INT32", "g.b DOUBLE", "g.c BOOLEAN", "l FLOAT"], columns.Select(c => c.ToString()));
        Assert.Equal([0, 2, 1, 1], columns.Select(c => c.MaxDefinitionLevel));
        Assert.Equal([0, 0, 0, 1], columns.Select(c => c.MaxRepetitionLevel));
        Assert.Equal([ColumnKind.Number, ColumnKind.Number, ColumnKind.Boolean, ColumnKind.Unsupported], columns.Select(c => c.Kind));
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

    static SchemaNode Leaf(string name, PhysicalType type, Repetition repetition) => new() { Name = name, Type = type, Repetition = repetition };

    static SchemaNode Group(string name, int children, Repetition repetition) => new() { Name = name, ChildCount = children, Repetition = repetition };
}
