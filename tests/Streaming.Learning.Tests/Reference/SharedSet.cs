using System.Globalization;
using System.Text.Json;
using DuckDB.NET.Data;

namespace Streaming.Learning.Tests.Reference;

/// <summary>
/// A data set of the folder that STREAMING_SHARED names, with the results of scikit-learn 1.2.1 on all its rows: features as its results
/// name them, <c>column=value</c> for 0/1 columns of strings; missing numbers are the mean of the training rows.
/// </summary>
sealed class SharedSet
{
    const string Variable = "STREAMING_SHARED";

    readonly string[] files;

    SharedSet(string json, params string[] files)
    {
        this.files = [.. files.Select(PathOf)];
        Json = JsonDocument.Parse(File.ReadAllBytes(PathOf(json))).RootElement;
    }

    /// <summary>Whether the folder is there.</summary>
    public static bool IsThere => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    /// <summary>Sets with results of k-means and PCA that take seconds.</summary>
    public static readonly string[] Names =
    [
        "bike-sharing", "breast-cancer", "california-housing", "credit-default", "diabetes", "diamonds", "digits", "electricity",
        "higgs-lightgbm", "iris", "mlnet-breast-cancer", "mlnet-genreg", "mlnet-housing", "nyc-taxis-2019", "protein", "spark-mllib", "wine",
    ];

    /// <summary>Those that take minutes: trait <c>Category=SharedLarge</c>.</summary>
    public static readonly string[] LargeNames = ["covertype-ramp", "fashion-mnist", "kddcup99-10pct", "taxi-fare"];

    /// <summary>scikit-learn's results.</summary>
    public JsonElement Json { get; }

    /// <summary>Opens a set.</summary>
    public static SharedSet Of(string name) => name switch
    {
        "fashion-mnist" or "higgs-lightgbm" or "taxi-fare" =>
            new($"{name}/reference-sklearn.json", $"{name}/train.parquet", $"{name}/test.parquet"),
        "mlnet-breast-cancer" => new("mlnet/reference-sklearn-breast-cancer.json", "mlnet/breast-cancer-wisconsin.parquet"),
        "mlnet-genreg" => new("mlnet/reference-sklearn-genreg.json", "mlnet/generated-regression.parquet"),
        "mlnet-housing" => new("mlnet/reference-sklearn-housing.json", "mlnet/boston-housing.parquet"),
        "spark-mllib" => new("spark-mllib/reference-sklearn.json", "spark-mllib/sample-linear-regression.parquet"),
        _ => new($"{name}/reference-sklearn.json", $"{name}/{name}.parquet"),
    };

    /// <summary>Name of the target's column in the files of <see cref="WriteSplit"/>.</summary>
    public const string Target = "y";

    /// <summary>Writes all rows, in order, with the features as DOUBLE columns f0, f1, …</summary>
    public void Write(string path)
    {
        using DuckDBConnection duck = Rows();
        Copy(duck, "* EXCLUDE (part, place, is_training, y)", "true", path);
    }

    /// <summary>Writes the training rows and those that the results are scored on, each in order; the target is column <see cref="Target"/>.</summary>
    public void WriteSplit(string training, string test)
    {
        using DuckDBConnection duck = Rows();
        Copy(duck, "* EXCLUDE (part, place, is_training)", "is_training", training);
        Copy(duck, "* EXCLUDE (part, place, is_training)", "NOT is_training", test);
    }

    DuckDBConnection Rows()
    {
        string[] features = [.. Json.GetProperty("features").EnumerateArray().Select(f => f.GetString()!)];

        // The names of 784 pixels are not written out.
        if (features.Contains("..."))
            features = [.. Enumerable.Range(0, Json.GetProperty("n_features").GetInt32()).Select(j => $"p{j}")];

        string rows = string.Join(" UNION ALL ", files.Select((f, i) => $"SELECT {i} AS part, file_row_number AS place, * FROM read_parquet('{f}', file_row_number = true)"));
        string training = files.Length == 1 ? "place % 5 <> 4" : "part = 0";
        string columns = string.Join(", ", features.Select((f, j) => string.Create(CultureInfo.InvariantCulture, $"{ValueOf(f, training)} AS f{j}")));
        var duck = new DuckDBConnection("DataSource=:memory:");
        duck.Open();
        Run(duck, $"CREATE TABLE all_rows AS SELECT part, place, {training} AS is_training, {TargetValue} AS y, {columns} FROM ({rows})");
        return duck;
    }

    // The classes of kddcup99 are 23; its results are about one of them against the others.
    string TargetValue => Json.GetProperty("target") is { ValueKind: JsonValueKind.String } target
        ? target.GetString() == "label" && Json.GetProperty("dataset").GetString() == "kddcup99-10pct"
            ? "CAST(label <> 'normal' AS INTEGER)"
            : $"\"{target.GetString()}\""
        : "NULL";

    static void Copy(DuckDBConnection duck, string columns, string condition, string path) => Run(
        duck, $"COPY (SELECT {columns} FROM all_rows WHERE {condition} ORDER BY part, place) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 20000)");

    static void Run(DuckDBConnection duck, string sql)
    {
        using DuckDBCommand command = duck.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    static string ValueOf(string feature, string training)
    {
        int at = feature.IndexOf('=', StringComparison.Ordinal);
        if (at < 0)
            return $"coalesce(CAST(\"{feature}\" AS DOUBLE), avg(CAST(\"{feature}\" AS DOUBLE)) FILTER (WHERE {training}) OVER ())";

        string value = feature[(at + 1)..].Replace("'", "''", StringComparison.Ordinal);
        return $"CAST(coalesce(CAST(\"{feature[..at]}\" AS VARCHAR), '<null>') = '{value}' AS INTEGER)::DOUBLE";
    }

    /// <summary>The path of a file of the folder's data sets.</summary>
    public static string PathOf(string name) => Path.Combine(Environment.GetEnvironmentVariable(Variable)!, "datasets", name);
}
