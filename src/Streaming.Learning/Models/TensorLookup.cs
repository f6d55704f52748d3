namespace Streaming.Learning.Models;

/// <summary>How a model takes its arrays out of a file.</summary>
static class TensorLookup
{
    /// <summary>The values of the array <paramref name="name"/>, of <paramref name="rank"/> dimensions.</summary>
    internal static double[] ValuesOf(this IReadOnlyDictionary<string, Tensor> tensors, string name, int rank)
    {
        if (!tensors.TryGetValue(name, out Tensor? tensor))
            throw new ArgumentException($"Wanted an array '{name}', found only {string.Join(", ", tensors.Keys)}.");

        if (tensor.Shape.Count != rank)
            throw new ArgumentException($"Wanted an array '{name}' of {rank} dimensions, found {tensor.Shape.Count}.");

        return tensor.Values;
    }
}
