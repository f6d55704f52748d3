using Streaming.Learning.Data.Conditions;
using Xunit;

namespace Streaming.Learning.Tests.Data.Conditions;

/// <summary>What is a condition, and what is said of what is none.</summary>
public sealed class RowConditionTests
{
    [Theory]
    [InlineData("a = 1", "a")]
    [InlineData("a==1 and b!=2 or c<>3", "a,b,c")]
    [InlineData("not (a < -1.5e3 AND NOT b >= .5)", "a,b")]
    [InlineData("a is null or b IS NOT NULL", "a,b")]
    [InlineData("a in (1, +2, -3) and b not in ('x', 'it''s')", "a,b")]
    [InlineData("a between 1 and 2 and b not between 'a' and 'b'", "a,b")]
    [InlineData("3 < a and 'x' = b", "a,b")]
    [InlineData("flag and not other", "flag,other")]
    [InlineData("\"two words\" = 1 and `a \"quote\"` = 2 and \"in\" = 3", "two words,a \"quote\",in")]
    [InlineData("größe_2.x > 1 and größe_2.x < 2", "größe_2.x")]
    public void Parse_NamesTheColumns(string text, string columns)
    {
        RowCondition condition = RowCondition.Parse(text);
        Assert.Equal(columns.Split(','), condition.Columns);
        Assert.Equal(text, condition.Text);
    }

    [Theory]
    [InlineData("", "wanted a column, a value, not or (, found the end at character 1")]
    [InlineData("a >= ", "wanted a value: a number, a 'text', true or false, found the end at character 6")]
    [InlineData("a >= )", "found ')' at character 6")]
    [InlineData("a = b", "two columns can't be compared")]
    [InlineData("(a = 1", "wanted and, or, or ), found the end at character 7")]
    [InlineData("a = 1)", "wanted and, or, or the end, found ')' at character 6")]
    [InlineData("a = 1 b = 2", "wanted and, or, or the end, found 'b' at character 7")]
    [InlineData("a in 1", "wanted ( and a list of values, found '1' at character 6")]
    [InlineData("a in (1 2)", "wanted , or ), found '2' at character 9")]
    [InlineData("a in ()", "found ')' at character 7")]
    [InlineData("a is 1", "wanted null or not null, found '1' at character 6")]
    [InlineData("a not like 'x'", "wanted in or between, found 'like' at character 7")]
    [InlineData("a between 1 or 2", "wanted and, found 'or' at character 13")]
    [InlineData("a = null", "is null, is not null), found 'null' at character 5")]
    [InlineData("a = 'x", "wanted a closing ', found none for the one at character 5")]
    [InlineData("a = 3x", "wanted a number, found '3x' at character 5")]
    [InlineData("a = 1e999", "wanted a number, found '1e999' at character 5")]
    [InlineData("a = - b", "wanted a number, found 'b' at character 7")]
    [InlineData("a ; b", "found ';' at character 3")]
    [InlineData("1 = 1", "wanted a column to compare 1 with, found '1' at character 5")]
    [InlineData("true", "wanted a comparison of true with a column, found the end at character 5")]
    [InlineData("-1 < 2", "wanted a column to compare -1 with, found '2' at character 6")]
    [InlineData("and = 1", "found 'and' at character 1")]
    public void Parse_OfSomethingElse_SaysWhatWasWantedFoundAndWhere(string text, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => RowCondition.Parse(text));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_OfDeepNesting_IsRefusedInsteadOfExhaustingTheStack()
    {
        string deep = new string('(', 100_000) + "a = 1" + new string(')', 100_000);
        Assert.Contains("at most", Assert.Throws<ArgumentException>(() => RowCondition.Parse(deep)).Message, StringComparison.Ordinal);
        Assert.Single(RowCondition.Parse(string.Join(" or ", Enumerable.Repeat("a = 1", 10_000))).Columns);
    }
}
