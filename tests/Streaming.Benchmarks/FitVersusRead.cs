using BenchmarkDotNet.Attributes;
using Parquet;
using Parquet.Schema;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Training;

namespace Streaming.Benchmarks;

/// <summary>
/// One epoch from Parquet to the model, beside Parquet.Net merely reading the same columns on as many threads. The figure that matters
/// is the ratio.
/// </summary>
public class FitVersusRead
{
    const long Rows = 5_000_000;
    string path = "";

    /// <summary>Threads of both sides.</summary>
    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup() => path = BenchmarkData.Real(Rows, "DOUBLE", "snappy");

    [Benchmark(Baseline = true, Description = "Parquet.Net: read only")]
    public async Task<long> ParquetNet()
    {
        int next = -1;
        long values = 0;
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(async () =>
        {
            await using ParquetReader reader = await ParquetReader.CreateAsync(path);
            while (Interlocked.Increment(ref next) is int g && g < reader.RowGroupCount)
            {
                using ParquetRowGroupReader group = reader.OpenRowGroupReader(g);
                foreach (DataField field in reader.Schema.DataFields)
                {
                    int count = (int)group.RowCount;
                    if (field.ClrType == typeof(bool))
                        await group.ReadAsync<bool>(field, new bool?[count]);
                    else
                        await group.ReadAsync<double>(field, new double?[count]);

                    Interlocked.Add(ref values, count);
                }
            }
        })));
        return values;
    }

    [Benchmark(Description = "streaming: fit sgd-classifier")]
    public Task<FitResult> Fit() => FitAsync(new SgdClassifier());

    [Benchmark(Description = "streaming: fit sgd-classifier --learning-rate optimal")]
    public Task<FitResult> FitOptimal() => FitAsync(new SgdClassifier { LearningRate = LearningRateSchedule.Optimal });

    [Benchmark(Description = "streaming: fit linear-regression")]
    public Task<FitResult> FitLinear() => FitAsync(new LinearRegression());

    async Task<FitResult> FitAsync(Estimator estimator)
    {
        using var data = Dataset.Open(path);
        return await estimator.FitAsync(data, new TrainingOptions { Target = "label", Workers = Threads });
    }
}
