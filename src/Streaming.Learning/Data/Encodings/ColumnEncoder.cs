using Streaming.Parquet;

namespace Streaming.Learning.Data.Encodings;

/// <summary>Encodes the rows of a column, read as what it needs: categories or numbers. For one thread.</summary>
abstract class ColumnEncoder;

/// <summary>Encodes categories.</summary>
abstract class CategoryEncoder : ColumnEncoder
{
    /// <summary>Gives categories their codes.</summary>
    public abstract CategoryMap Map { get; }

    /// <summary>Encodes rows.</summary>
    /// <param name="codes">Per row the code of its value as <see cref="Map"/> has it, -1 for null.</param>
    /// <param name="features">Receives the features.</param>
    /// <returns>The first row whose category is an error; -1 for none.</returns>
    public abstract int Encode(ReadOnlySpan<int> codes, FeatureWriter features);

    /// <summary>The category of a code that is an error; null for a missing value.</summary>
    public abstract string? CategoryOf(int code);
}

/// <summary>Encodes numbers.</summary>
abstract class NumberEncoder : ColumnEncoder
{
    /// <summary>Encodes rows.</summary>
    /// <param name="values">Per row its value; NaN for null.</param>
    /// <param name="column">The column that they are from.</param>
    /// <param name="features">Receives the features.</param>
    public abstract void Encode(ReadOnlySpan<double> values, DatasetColumn column, FeatureWriter features);
}
