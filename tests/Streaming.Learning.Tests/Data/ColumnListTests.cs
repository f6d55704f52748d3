using Streaming.Learning.Data;
using Xunit;

namespace Streaming.Learning.Tests.Data;

/// <summary>Names of columns in one text.</summary>
public sealed class ColumnListTests
{
    [Theory]
    [InlineData("a", "a")]
    [InlineData("a,b,c*", "a", "b", "c*")]
    [InlineData(" a , b ", "a", "b")]
    [InlineData("\"a,b\",c", "a,b", "c")]
    [InlineData(" \"a,b\" , c", "a,b", "c")]
    [InlineData("\"say \"\"a\"\", or b\"", "say \"a\", or b")]
    [InlineData("\" a \"", " a ")]
    [InlineData("5\" disk,b", "5\" disk", "b")]
    [InlineData("\"a,b\":10,c:4", "a,b:10", "c:4")]
    [InlineData("\"a,b\"=text", "a,b=text")]
    public void Names_AreRead(string text, params string[] wanted)
    {
        Assert.True(ColumnList.TrySplit(text, out string[] names));
        Assert.Equal(wanted, names);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(",")]
    [InlineData("a,")]
    [InlineData(",a")]
    [InlineData("a,,b")]
    [InlineData("\"\"")]
    [InlineData("\"a,b")]
    [InlineData("a,\"b\"\"")]
    public void EmptyNamesAndOpenQuotes_AreNone(string text) => Assert.False(ColumnList.TrySplit(text, out _));

    [Theory]
    [InlineData("a,b", "a,b")]
    [InlineData("a;b", "a", "b")]
    [InlineData("\"a;b\",c; d ;\"e\"\";f\" ", "\"a;b\",c", " d ", "\"e\"\";f\" ")]
    [InlineData("5\" disk;b\"", "5\" disk", "b\"")]
    [InlineData("a;", "a", "")]
    [InlineData("", "")]
    [InlineData("a;\"b;c", "a", "\"b;c")]
    public void Lists_ArePartedOutsideOfQuotes(string text, params string[] lists) => Assert.Equal(lists, ColumnList.SplitLists(text, ';'));

    [Fact]
    public void WhatIsJoined_IsReadAsItWas()
    {
        string[] names = ["a", "b, c", "\"quoted\"", "5\" disk", " d ", "e\",\"f", "x*"];
        Assert.True(ColumnList.TrySplit(ColumnList.Join(names), out string[] found));
        Assert.Equal(names, found);
        Assert.Equal("a,b", ColumnList.Join(["a", "b"]));
    }
}
