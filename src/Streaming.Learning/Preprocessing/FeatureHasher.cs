using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;

namespace Streaming.Learning.Preprocessing;

/// <summary>
/// Features for a column of very many categories: 1 or -1 in one of 2^bits buckets, by the category's hash, as scikit-learn's <c>FeatureHasher</c>
/// has it for <c>{column: category}</c>. What must be kept grows with the buckets, not with the categories. Buckets that no training row fell
/// into give no feature, so there are no more of them than categories.
/// </summary>
/// <param name="bits">Bits of the number of a bucket, 1 to 22: scikit-learn's <c>n_features</c> is 2^bits.</param>
/// <param name="columns">Names or patterns of the columns.</param>
public sealed class FeatureHasher(int bits, params IReadOnlyList<string> columns) : ColumnTransformer(columns)
{
    /// <inheritdoc/>
    public override string Name => "feature-hasher";

    /// <summary>Bits of the number of a bucket.</summary>
    public int Bits { get; } = bits;

    internal override bool WantsCategories => true;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (Bits is < 1 or > HashEncoding.MostBits)
            throw new ArgumentException($"Option hash: wanted 1 to {HashEncoding.MostBits} bits, found {Bits}.");
    }

    internal override CategoryTable NewTable(string column, Storage.BufferPool pool) => new HashTable(column, Bits, pool);

    internal override bool CountsCategories => false;

    internal override string LabelOf(string column, string category) => HashTable.KeyOf(column, Bits, category);

    internal override ColumnEncoding Encode(DatasetColumn column, IReadOnlyList<Category> categories, string? missingAs)
    {
        int[] buckets = [.. categories.Where(c => c.Label != null).Select(c => HashTable.BucketOf(c.Label!).Bucket).Distinct().Order()];
        return new HashEncoding(column.Name, Bits, buckets) { MissingAs = missingAs };
    }

    internal override (int Feature, double Value)? Find(CategoryEncoding encoding, string? category) =>
        category == null ? encoding.Find(null) : ((HashEncoding)encoding).ValueOf(HashTable.BucketOf(category));
}
