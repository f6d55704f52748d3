using System.Reflection;

namespace Streaming.Learning.Models;

/// <summary>The kinds of models that there are: the types of this assembly that are <see cref="ILoadableModel{TSelf}"/>.</summary>
static class ModelKinds
{
    static readonly SortedDictionary<string, Func<ModelHeader, IReadOnlyDictionary<string, Tensor>, Model>> Factories = Find();

    /// <summary>Names of all kinds.</summary>
    internal static IReadOnlyCollection<string> Names => Factories.Keys;

    /// <summary>Makes a model of a kind from its arrays.</summary>
    /// <exception cref="FormatException">There is no such kind.</exception>
    /// <exception cref="ArgumentException">The arrays don't fit the kind.</exception>
    internal static Model Load(string kind, ModelHeader header, IReadOnlyDictionary<string, Tensor> tensors) =>
        Factories.TryGetValue(kind, out var factory)
            ? factory(header, tensors)
            : throw new FormatException($"Wanted one of the kinds {string.Join(", ", Names)}, found '{kind}'.");

    static SortedDictionary<string, Func<ModelHeader, IReadOnlyDictionary<string, Tensor>, Model>> Find()
    {
        var factories = new SortedDictionary<string, Func<ModelHeader, IReadOnlyDictionary<string, Tensor>, Model>>(StringComparer.Ordinal);
        MethodInfo add = typeof(ModelKinds).GetMethod(nameof(Add), BindingFlags.NonPublic | BindingFlags.Static)!;
        foreach (Type type in typeof(Model).Assembly.GetTypes())
        {
            if (type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(ILoadableModel<>)))
                add.MakeGenericMethod(type).Invoke(null, [factories]);
        }

        return factories;
    }

    static void Add<T>(SortedDictionary<string, Func<ModelHeader, IReadOnlyDictionary<string, Tensor>, Model>> factories)
        where T : Model, ILoadableModel<T> => factories.Add(T.KindName, T.FromTensors);
}
