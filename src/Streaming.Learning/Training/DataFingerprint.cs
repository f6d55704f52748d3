using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Streaming.Learning.Data;

namespace Streaming.Learning.Training;

/// <summary>Tells whether two models have learned from the same files, without their paths and without reading them anew.</summary>
static class DataFingerprint
{
    /// <summary>SHA-256 of the lengths and footers of the files, in their order; lower-case hexadecimal.</summary>
    public static string Of(Dataset dataset)
    {
        var facts = new StringBuilder();
        foreach (DatasetFile file in dataset.Files)
            facts.Append(CultureInfo.InvariantCulture, $"{file.Parquet.Length} {file.Parquet.FooterHash}\n");

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(facts.ToString())));
    }
}
