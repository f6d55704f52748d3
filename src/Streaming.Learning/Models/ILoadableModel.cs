namespace Streaming.Learning.Models;

/// <summary>
/// A kind of model that <see cref="ModelFile"/> can load. Kinds are found by this interface, so that a new model is one new file.
/// </summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
public interface ILoadableModel<TSelf>
    where TSelf : Model, ILoadableModel<TSelf>
{
    /// <summary>What <see cref="Model.Kind"/> of these models is.</summary>
    static abstract string KindName { get; }

    /// <summary>Makes the model whose <see cref="Model.Tensors"/> are <paramref name="tensors"/>, by name.</summary>
    /// <exception cref="ArgumentException">An array is missing or of the wrong shape, or a value is out of range.</exception>
    static abstract TSelf FromTensors(ModelHeader header, IReadOnlyDictionary<string, Tensor> tensors);
}
