namespace Streaming.Learning.Estimators;

/// <summary>The estimators there are, found by reflection: to add one is to add its file.</summary>
public static class EstimatorCatalog
{
    /// <summary>One of each, with default parameters, sorted by name.</summary>
    public static IReadOnlyList<Estimator> All { get; } =
    [
        .. typeof(Estimator).Assembly.GetTypes()
            .Where(t => t.IsSubclassOf(typeof(Estimator)) && !t.IsAbstract)
            .Select(t => (Estimator)Activator.CreateInstance(t)!)
            .OrderBy(e => e.Name, StringComparer.Ordinal),
    ];

    /// <summary>A new estimator with default parameters.</summary>
    /// <exception cref="ArgumentException">No estimator has that name: lists the names.</exception>
    public static Estimator Create(string name)
    {
        Estimator found = All.FirstOrDefault(e => e.Name == name)
            ?? throw new ArgumentException($"There is no estimator '{name}'; there are {string.Join(", ", All.Select(e => e.Name))}.");
        return (Estimator)Activator.CreateInstance(found.GetType())!;
    }
}
