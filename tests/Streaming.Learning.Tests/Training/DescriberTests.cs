using DuckDB.NET.Data;
using Streaming.Learning.Data;
using Streaming.Learning.Data.Conditions;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.Training;
using Streaming.Storage;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>Summary statistics beside DuckDB's of the same file.</summary>
public sealed class DescriberTests : IDisposable
{
    // Spreads and offsets of all kinds, nulls, NaN, infinite values, text.
    const string Query = """
        SELECT i, CASE WHEN i % 7 = 0 THEN NULL ELSE (i * 7919 % 10007) / 97.0 END AS holes, (i * 104729 % 1009)::INT AS whole,
            1.7e9 + i * 0.25 AS time, exp((i * 31 % 997) / 100.0) AS skewed, i % 3 = 0 AS flag, 4.5 AS same,
            CASE i % 5 WHEN 0 THEN 'nan'::DOUBLE WHEN 1 THEN 'inf'::DOUBLE WHEN 2 THEN '-inf'::DOUBLE ELSE i END AS wild,
            (i * 13 % 17) / 4.0 AS w, 'text' || i AS label
        FROM range(20000) t(i)
        """;

    static readonly string[] Columns = ["i", "holes", "whole", "time", "skewed", "flag"];

    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task Columns_EqualDuckDb()
    {
        Write("a.parquet", Query);
        using Dataset dataset = data.Open("a.parquet");
        DatasetDescription found = await Describer.DescribeAsync(dataset, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([.. Columns, "same", "wild", "w"], found.Columns);
        Assert.Equal(20000, found.Rows);
        Assert.Equal(0, dataset.Pool.RentedBytes);
        foreach (string column in Columns)
        {
            FeatureSummary summary = Of(found, column);
            string number = $"{column}::DOUBLE";

            // DuckDB's deviation and skewness lose the digits of a column that is far from zero.
            string centered = column == "time" ? "time - 1.7e9" : number;
            double[] wanted = Row($"count({column}), avg({number}), stddev_samp({centered}), min({number}), max({number}), skewness({centered})");
            Equal(wanted, [summary.Count, summary.Mean, summary.Std, summary.Min, summary.Max, summary.Skewness], 1e-9);
            Assert.Equal(20000 - wanted[0], summary.Missing);
            double[] quantiles = summary.Quantiles([0.01, 0.25, 0.5, 0.95]);
            for (int q = 0; q < quantiles.Length; q++)
            {
                string value = quantiles[q].ToString("R", System.Globalization.CultureInfo.InvariantCulture);
                double[] ranks = Row($"count(*) FILTER ({number} < {value}) / count({column}), count(*) FILTER ({number} <= {value}) / count({column})");
                Assert.InRange(new[] { 0.01, 0.25, 0.5, 0.95 }[q], ranks[0] - found.QuantileRankError, ranks[1] + found.QuantileRankError);
            }
        }
    }

    [Fact]
    public async Task Columns_ThatAreWildOrDoNotVary_AreCountedAndSaidToHaveNoSpread()
    {
        Write("a.parquet", Query);
        using Dataset dataset = data.Open("a.parquet");
        DatasetDescription found = await Describer.DescribeAsync(dataset, cancellation: TestContext.Current.CancellationToken);
        FeatureSummary wild = Of(found, "wild"), same = Of(found, "same");
        Assert.Equal((8000L, 4000L, 8000L), (wild.Count, wild.Missing, wild.Infinite));
        Assert.Equal((3.0, 19999.0), (wild.Min, wild.Max));
        Assert.Equal((4.5, 0.0, double.NaN, 4.5), (same.Mean, same.Std, same.Skewness, same.Quantiles([0.3])[0]));
    }

    [Fact]
    public async Task Weights_AreCopies()
    {
        Write("a.parquet", "SELECT (i * 7919 % 1009) / 8.0 AS x, i % 4 AS w FROM range(3000) t(i)");
        Write("b.parquet", "SELECT (i * 7919 % 1009) / 8.0 AS x FROM range(3000) t(i), range(3) r(k) WHERE k < i % 4");
        using Dataset weighted = data.Open("a.parquet"), repeated = data.Open("b.parquet");
        DatasetDescription one = await Describer.DescribeAsync(weighted, new DescriptionOptions { Weight = "w" }, TestContext.Current.CancellationToken);
        DatasetDescription other = await Describer.DescribeAsync(repeated, cancellation: TestContext.Current.CancellationToken);
        FeatureSummary a = Of(one, "x"), b = Of(other, "x");
        Assert.Equal(3000, a.Count);
        Equal([b.Weight, b.Mean, b.Std, b.Skewness, b.Min, b.Max], [a.Weight, a.Mean, a.Std, a.Skewness, a.Min, a.Max], 1e-12);
        Equal(b.Quantiles([0.25, 0.5, 0.75]), a.Quantiles([0.25, 0.5, 0.75]), 0.01);
    }

    [Fact]
    public async Task Correlations_EqualDuckDbOnCompleteRows()
    {
        Write("a.parquet", Query);
        using Dataset dataset = data.Open("a.parquet");
        var options = new DescriptionOptions { Features = [.. Columns, "same"], Correlations = true };
        Correlations found = (await Describer.DescribeAsync(dataset, options, TestContext.Current.CancellationToken)).Correlations!;
        Assert.Equal(Row("count(holes)")[0], found.Rows);
        int count = Columns.Length + 1;
        for (int i = 0; i < Columns.Length; i++)
        {
            double[] wanted = Row(string.Join(", ", Columns.Select(c => $"corr({Columns[i]}::DOUBLE, {c}::DOUBLE) FILTER (holes IS NOT NULL)")));
            for (int j = 0; j < Columns.Length; j++)
                Assert.Equal(wanted[j], found.Matrix[i * count + j], 1e-9);

            Assert.Equal(double.NaN, found.Matrix[i * count + Columns.Length]);
        }
    }

    [Fact]
    public async Task SameData_SameBitsForAnyNumberOfWorkers()
    {
        Write("a.parquet", Query);
        var found = new List<double[]>();
        foreach (int workers in (int[])[1, 2, 5])
        {
            using Dataset dataset = Dataset.Open([data.In("a.parquet")], new DatasetOptions { Where = RowCondition.Parse("i != 77") });
            var options = new DescriptionOptions { Exclude = ["wild"], Correlations = true, Workers = workers };
            DatasetDescription description = await Describer.DescribeAsync(dataset, options, TestContext.Current.CancellationToken);
            Assert.Equal((19999L, 1L), (description.Rows, description.RowsFiltered));
            found.Add(
            [
                .. description.Summaries.SelectMany(s => (double[])[s.Mean, s.Std, s.Skewness, s.Min, s.Max, .. s.Quantiles([0.01, 0.5, 0.99])]),
                .. description.Correlations!.Matrix,
            ]);
        }

        Assert.Equal(found[0], found[1]);
        Assert.Equal(found[0], found[2]);
    }

    [Fact]
    public async Task Text_ThatIsAskedFor_IsRefused_AndALimitThatIsTooSmallTold()
    {
        Write("a.parquet", Query);
        using Dataset dataset = data.Open("a.parquet");
        var text = await Assert.ThrowsAsync<DatasetException>(
            () => Describer.DescribeAsync(dataset, new DescriptionOptions { Features = ["label"] }, TestContext.Current.CancellationToken));
        Assert.Contains("'label' (STRING)", text.Message, StringComparison.Ordinal);

        using var pool = new BufferPool(1_000_000);
        using Dataset small = Dataset.Open([data.In("a.parquet")], pool);
        await Assert.ThrowsAsync<MemoryBudgetException>(() => Describer.DescribeAsync(small, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(0, pool.RentedBytes);
    }

    static FeatureSummary Of(DatasetDescription description, string column) => description.Summaries[description.Columns.ToList().IndexOf(column)];

    static void Equal(double[] wanted, double[] found, double tolerance)
    {
        for (int i = 0; i < wanted.Length; i++)
            Assert.True(Math.Abs(wanted[i] - found[i]) <= tolerance * Math.Max(1, Math.Abs(wanted[i])), $"[{i}]: wanted {wanted[i]:R}, found {found[i]:R}.");
    }

    double[] Row(string expressions)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT {expressions} FROM '{data.In("a.parquet")}'";
        using DuckDBDataReader reader = command.ExecuteReader();
        Assert.True(reader.Read());
        return [.. Enumerable.Range(0, reader.FieldCount).Select(i => Convert.ToDouble(reader.GetValue(i), System.Globalization.CultureInfo.InvariantCulture))];
    }

    void Write(string name, string query)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = $"SET threads = 1; COPY ({query}) TO '{data.In(name)}' (FORMAT parquet, ROW_GROUP_SIZE 2048)";
        command.ExecuteNonQuery();
    }
}
