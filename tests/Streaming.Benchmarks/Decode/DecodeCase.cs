namespace Streaming.Benchmarks.Decode;

/// <summary>What the values look like.</summary>
enum DataKind
{
    /// <summary>Six decimals: nothing repeats, nothing can be compressed much.</summary>
    Continuous,

    /// <summary>A few decimals, repeated values, some skew; five of seven columns have dictionaries.</summary>
    Real,

    /// <summary>At most some hundred different values: every column has a small dictionary.</summary>
    Dictionary,
}

/// <summary>Which values may be missing, and with that, who writes the file.</summary>
enum Nulls
{
    /// <summary>The schema allows none; written by ParquetSharp (Arrow) in pages of 20,000 rows.</summary>
    Required,

    /// <summary>The schema allows them, none is there; written by DuckDB, a page per column chunk.</summary>
    None,

    /// <summary>One in twenty; written by DuckDB.</summary>
    FivePercent,
}

/// <summary>One file to decode.</summary>
/// <param name="Kind">What the values look like.</param>
/// <param name="IsFloat">Stored as FLOAT, not DOUBLE.</param>
/// <param name="Nulls">Which values may be missing.</param>
/// <param name="Codec">DuckDB's name of the codec.</param>
sealed record DecodeCase(DataKind Kind, bool IsFloat, Nulls Nulls, string Codec)
{
    /// <summary>Feature columns of every file, <c>c1..c28</c>.</summary>
    public const int Columns = 28;

    /// <summary>Rows of a row group: DuckDB's default.</summary>
    public const int RowGroupRows = 122_880;

    static readonly string[] FastCodecs = ["uncompressed", "snappy", "zstd", "lz4_raw"];
    static readonly string[] SlowCodecs = ["gzip", "brotli"];

    /// <summary>SQL type of the columns.</summary>
    public string SqlType => IsFloat ? "FLOAT" : "DOUBLE";

    /// <summary>Gzip and Brotli take so long to write and to read, whoever does it, that their files are made smaller.</summary>
    public bool IsSlow => SlowCodecs.Contains(Codec);

    /// <summary>Rows of the file, when a fast codec's has this many: an even number of row groups, so that two threads share them evenly.</summary>
    public long Rows(long rows) =>
        IsSlow ? Math.Min(rows, Math.Max(1, rows / 6 / (2 * RowGroupRows)) * 2 * RowGroupRows) : rows;

    /// <summary>
    /// How many times DuckDB's speed one thread should reach: the smaller of what the values and what the codec allow.
    /// </summary>
    public double Goal => Math.Min(ValuesGoal, CodecGoal);

    double ValuesGoal => Kind switch
    {
        DataKind.Continuous => 2.3,
        DataKind.Dictionary => 12,
        _ => double.PositiveInfinity,
    };

    // Where decompression is nearly all the work, dictionaries can't make up for it.
    double CodecGoal => Codec switch
    {
        "uncompressed" => Kind == DataKind.Real ? 5 : double.PositiveInfinity,
        "snappy" => Kind == DataKind.Real ? 3 : double.PositiveInfinity,
        "lz4_raw" => Kind == DataKind.Real ? 4.5 : double.PositiveInfinity,
        "zstd" => 2,
        _ => 1,
    };

    /// <summary>How many times Parquet.Net's speed one thread should reach.</summary>
    public double ParquetNetGoal => IsSlow ? 1 : Codec == "snappy" && !IsFloat ? 5 : 3.5;

    /// <summary>All cases; those of one kind and type follow each other.</summary>
    public static IEnumerable<DecodeCase> All() =>
        from kind in Enum.GetValues<DataKind>()
        from isFloat in new[] { false, true }
        from nulls in Enum.GetValues<Nulls>()
        from codec in nulls == Nulls.None ? FastCodecs : [.. FastCodecs, .. SlowCodecs]
        select new DecodeCase(kind, isFloat, nulls, codec);

    public override string ToString() =>
        $"{Kind.ToString().ToLowerInvariant()} {(IsFloat ? "float32" : "float64")} {Describe(Nulls)} {Codec}";

    /// <summary>The nulls in words.</summary>
    public static string Describe(Nulls nulls) => nulls switch
    {
        Nulls.Required => "required",
        Nulls.None => "optional",
        _ => "5 % null",
    };
}
