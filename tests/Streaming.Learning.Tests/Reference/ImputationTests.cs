using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Tests.Estimators;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Streaming.Parquet;
using Xunit;

namespace Streaming.Learning.Tests.Reference;

/// <summary>
/// Wanted numbers: scikit-learn 1.2.1, numpy 1.24.2 on california-housing, whose <c>total_bedrooms</c> has 207 nulls:
/// <c>SimpleImputer(strategy="mean")</c>, or <c>strategy="constant", fill_value=0</c>, or those rows left out; then <c>StandardScaler</c>
/// and <c>LinearRegression</c>, in float64. In "mixed" every hundredth value of that column, from row 7 on, is infinite; the mean is that
/// of the finite values, nulls are filled with it and infinite values with 0.
/// </summary>
public sealed class ImputationTests : IDisposable
{
    const int Bedrooms = 4;
    const int Rows = 20_640;

    static readonly string[] Features =
        ["longitude", "latitude", "housing_median_age", "total_rooms", "total_bedrooms", "population", "households", "median_income"];

    readonly TestData folder = new();

    public static TheoryData<string, ValueHandling, ValueHandling, int, double[], double[], double[]> Wanted => new()
    {
        {
            "drop", ValueHandling.Drop, ValueHandling.Error, 20_433,
            [-119.57068859198068, 35.63322125972706, 28.633093525179856, 2636.5042333480155, 537.8705525375618, 1424.9469485635982, 499.43346547251997, 3.8711616013312273],
            [2.0035288621599188, 2.1362953888415386, 12.591497074172494, 2185.21609229682, 421.37475856260727, 1133.1807595449118, 382.2898708223227, 1.8992447726633725],
            [-42730.12045358156, -42509.736941823634, 1157.9003071525976, -8.249725069134001, 113.82070712792029, -38.38557804964512, 47.701351331021215, 40297.52171480646]
        },
        {
            "mean", ValueHandling.Mean, ValueHandling.Error, Rows,
            [-119.56970445736148, 35.6318614341087, 28.639486434108527, 2635.7630813953488, 537.8705525375639, 1425.4767441860465, 499.5396802325581, 3.8706710029070246],
            [2.003483187746969, 2.13590065379748, 12.585252725724594, 2181.5624017359646, 419.25643555055353, 1132.4346877576115, 382.3204908552563, 1.899775694574878],
            [-42621.69884562599, -42479.45024028233, 1144.47860944285, -6.680565531230968, 82.46361082780459, -39.8332645641276, 78.1123471698902, 39771.61810202759]
        },
        {
            "zero", ValueHandling.Zero, ValueHandling.Error, Rows,
            [-119.56970445736148, 35.6318614341087, 28.639486434108527, 2635.7630813953488, 532.47621124031, 1425.4767441860465, 499.5396802325581, 3.8706710029070246],
            [2.003483187746969, 2.13590065379748, 12.585252725724594, 2181.5624017359646, 422.6680933861164, 1132.4346877576115, 382.3204908552563, 1.899775694574878],
            [-42444.01864460419, -42417.70871929113, 1139.603633673132, -5.242107291818684, 57.19066793293223, -40.816718740345095, 100.20425829176838, 39346.9212952847]
        },
        {
            "mixed", ValueHandling.Mean, ValueHandling.Zero, Rows,
            [-119.56970445736148, 35.6318614341087, 28.639486434108527, 2635.7630813953488, 532.6692035855156, 1425.4767441860465, 499.5396802325581, 3.8706710029070246],
            [2.003483187746969, 2.13590065379748, 12.585252725724594, 2181.5624017359646, 421.3594671179199, 1132.4346877576115, 382.3204908552563, 1.899775694574878],
            [-42397.76445365821, -42375.01915979443, 1139.9038109433136, -5.092978417786071, 54.35297279864608, -41.05957914800092, 103.43764086120518, 39299.37062652517]
        },
    };

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Wanted))]
    public async Task CaliforniaHousing_EqualsScikitLearn(
        string kind, ValueHandling onMissing, ValueHandling onInfinite, int rows, double[] mean, double[] scale, double[] coef)
    {
        string path = kind == "mixed" ? await WriteMixedAsync() : Repository.Sample("california-housing");
        foreach (bool standardize in new[] { false, true })
        {
            using Dataset dataset = Dataset.Open(path);
            FitResult fit = await new LinearRegression().FitAsync(
                dataset,
                new TrainingOptions
                {
                    Target = "median_house_value", Features = Features, OnMissing = onMissing, OnInfinite = onInfinite, Standardize = standardize,
                },
                TestContext.Current.CancellationToken);
            var model = (LinearRegressorModel)fit.Model;
            Near.Equal(coef, model.Coef, 1e-6);
            Assert.Equal(rows, model.Header.Summary.Rows);
            Assert.Equal(kind == "drop" ? [new RejectedRows("missing total_bedrooms", 207)] : [], fit.Rejected);
            if (standardize)
            {
                Near.Equal(mean, model.Header.Scaling.Offset, 1e-6);
                Near.Equal([.. scale.Select(s => 1 / s)], model.Header.Scaling.Factor, 1e-6);
            }

            if (onMissing == ValueHandling.Mean)
                Assert.Equal(kind == "mixed" ? 538.065500024717 : 537.8705525375639, model.Header.Rules.Means![Bedrooms], 1e-4);
        }
    }

    async Task<string> WriteMixedAsync()
    {
        var columns = new List<(string, Array)>();
        using Dataset dataset = Dataset.Open(Repository.Sample("california-housing"));
        ParquetFile file = dataset.Files[0].Parquet;
        foreach (string name in (string[])[.. Features, "median_house_value"])
        {
            var values = new double[Rows];
            int start = 0;
            for (int g = 0; g < file.RowGroups.Count; g++)
            {
                using ColumnReader reader = file.OpenColumn(g, file.FindColumn(name)!);
                int count = (int)file.RowGroups[g].RowCount;
                reader.Read(values.AsSpan(start, count));
                start += count;
            }

            for (int i = 7; name == Features[Bedrooms] && i < Rows; i += 100)
                values[i] = i % 200 == 7 ? double.PositiveInfinity : double.NegativeInfinity;

            columns.Add((name, values));
        }

        return await folder.WriteAsync("mixed.parquet", [8000, 8000, 4640], [.. columns]);
    }
}
