using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>
/// Data of the kinds that break online learners, learned in one pass by default parameters, as they are and in file order: the log-loss on unseen rows
/// beside that of the optimum on standardised features (<see cref="LogisticRegression"/>, which scikit-learn's references hold).
/// </summary>
public sealed class SgdRobustnessTests : IDisposable
{
    const int Rows = 25_000;

    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Theory]
    [InlineData("plain")]
    [InlineData("heavy tails")]
    [InlineData("rare flags")]
    [InlineData("one in a hundred")]
    [InlineData("sorted by class")]
    [InlineData("sorted by a feature")]
    [InlineData("scales and offsets")]
    [InlineData("constant and copied columns")]
    [InlineData("twenty classes")]
    [InlineData("nearly separable")]
    public async Task OnePass_IsNearTheOptimum(string kind)
    {
        await WriteAsync(kind);
        double wanted = await ScoreAsync(new LogisticRegression(), "log_loss", isStandardised: true);
        double found = await ScoreAsync(new SgdClassifier(), "log_loss", isStandardised: false);
        Assert.True(found <= 1.03 * wanted, $"{kind}: log-loss {found:F5}, at the optimum {wanted:F5}: {found / wanted:F4} of it.");
    }

    [Theory]
    [InlineData("heavy tails")]
    [InlineData("rare flags")]
    [InlineData("sorted by class")]
    [InlineData("twenty classes")]
    [InlineData("nearly separable")]
    public async Task OnePassOfOtherLosses_TellsClassesApartAsTheOptimumDoes(string kind)
    {
        await WriteAsync(kind);
        double wanted = await ScoreAsync(new LogisticRegression(), "accuracy", isStandardised: true);
        foreach (ClassificationLoss loss in (ClassificationLoss[])[ClassificationLoss.Hinge, ClassificationLoss.SquaredHinge, ClassificationLoss.Perceptron])
        {
            // Classes in a row have no straight lines of their own against the rest.
            double less = kind == "twenty classes" ? 0.1 : loss == ClassificationLoss.Perceptron ? 0.03 : 0.015;
            double found = await ScoreAsync(new SgdClassifier { Loss = loss }, "accuracy", isStandardised: false);
            Assert.True(found >= wanted - less, $"{kind}, {loss}: accuracy {found:F4}, at the optimum of the log-loss {wanted:F4}.");
        }
    }

    static (double[][] X, int[] Y) Make(string kind)
    {
        const int Features = 12;
        var x = new double[Rows][];
        var y = new int[Rows];
        for (int i = 0; i < Rows; i++)
        {
            double[] z = [.. Enumerable.Range(0, Features).Select(j => Normal(i, j))];
            double score = z[0] - 0.7 * z[1] + 0.5 * z[2] * z[3] + 0.4 * z[4] - 0.3 * z[5];
            double chance = 0.5 + Sample.U(i, 900);
            x[i] = z;
            switch (kind)
            {
                case "heavy tails":
                    x[i] = [.. z.Select((v, j) => j % 2 == 0 ? Math.Exp(2 * v) : v)];
                    break;
                case "rare flags":
                    x[i] = [.. z.Select((v, j) => v > 1.5 + j * 0.1 ? 1.0 : 0)];
                    score = 3 * x[i][0] - 3 * x[i][5] + 2 * x[i][9] - 2 * x[i][11] - 0.5;
                    break;
                case "one in a hundred":
                    score = 1.2 * score - 5.5;
                    break;
                case "scales and offsets":
                    x[i] = [.. z.Select((v, j) => v * Math.Pow(10, j - 6) + (j % 3 == 0 ? 1e4 * Math.Pow(10, j - 6) : 0))];
                    break;
                case "constant and copied columns":
                    x[i] = [.. z[..8], 3.5, 0, z[0], z[1] + z[2]];
                    break;
                case "nearly separable":
                    score *= 8;
                    break;
            }

            y[i] = kind == "twenty classes"
                ? (int)Math.Clamp(10 + 2.5 * (score + Normal(i, 950)), 0, 19)
                : chance < 1 / (1 + Math.Exp(-score)) ? 1 : 0;
        }

        return (x, y);
    }

    // The sum of twelve uniform numbers: mean 0, variance 1.
    static double Normal(int i, int j) => Enumerable.Range(0, 12).Sum(k => Sample.U(i, 20 * j + k));

    async Task WriteAsync(string kind)
    {
        (double[][] x, int[] y) = Make(kind);
        int[] order = [.. Enumerable.Range(0, Rows)];
        if (kind == "sorted by class")
            order = [.. order.OrderBy(i => y[i])];

        if (kind == "sorted by a feature")
            order = [.. order.OrderBy(i => x[i][0])];

        await WriteAsync("train.parquet", [.. order.Where(i => i % 5 != 4)], x, y);
        await WriteAsync("test.parquet", [.. order.Where(i => i % 5 == 4)], x, y);
    }

    Task<string> WriteAsync(string name, int[] rows, double[][] x, int[] y)
    {
        (string, Array)[] columns =
        [
            .. Enumerable.Range(0, x[0].Length).Select(j => ($"x{j}", (Array)rows.Select(i => x[i][j]).ToArray())),
            ("y", rows.Select(i => y[i]).ToArray()),
        ];
        return data.WriteAsync(name, [.. Enumerable.Range(0, 8).Select(g => rows.Length * (g + 1) / 8 - rows.Length * g / 8)], columns);
    }

    async Task<double> ScoreAsync(Estimator estimator, string metric, bool isStandardised)
    {
        using Dataset train = data.Open("train.parquet"), test = data.Open("test.parquet");
        FitResult fit = await estimator.FitAsync(train, new TrainingOptions { Target = "y", Standardize = isStandardised, Workers = 2 });
        return (await Evaluator.EvaluateAsync(fit.Model, test)).Metrics.Single(m => m.Name == metric && m.Class is null).Value;
    }
}
