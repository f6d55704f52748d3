using Streaming.Parquet;

namespace Streaming.Learning.Data.Encodings;

/// <summary>
/// One feature: the code of a row's category, and 0 for a missing value. For the pass that finds the categories, which counts codes; they are
/// exact in float32 below 2^24.
/// </summary>
/// <param name="map">Gives categories their codes, from 0 on; the feature is one more. Safe for use by several threads.</param>
sealed class CodeEncoding(CategoryMap map) : RawEncoding
{
    public override string Kind => "codes";

    public override int Count => 1;

    public override IReadOnlyList<string> NamesFor(string column) => [column];

    internal override string Wants => CategoryEncoding.Wanted;

    internal override bool Accepts(DatasetColumn column) => CategoryEncoding.HoldsCategories(column);

    internal override ColumnEncoder NewEncoder() => new Encoder(map);

    sealed class Encoder(CategoryMap map) : CategoryEncoder
    {
        public override CategoryMap Map => map;

        public override int Encode(ReadOnlySpan<int> codes, FeatureWriter features)
        {
            for (int i = 0; i < codes.Length; i++)
                features.Set(i, 0, codes[i] + 1);

            return -1;
        }

        public override string? CategoryOf(int code) => null;
    }
}
