using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.State;
using Streaming.Parquet;

namespace Streaming.Learning.Training;

/// <summary>What a run learns to predict: the column that was named, as the estimator takes it.</summary>
static class RunTarget
{
    // Ages, minutes and prices have more different values; what people number as classes seldom has.
    const int MostNumberedClasses = 50;

    /// <summary>Checks that a target was named if and only if the estimator learns one.</summary>
    /// <exception cref="ArgumentException">It is not so.</exception>
    public static void Check(Estimator estimator, TrainingOptions options)
    {
        if (estimator.TargetKind != TargetKind.None && options.Target == null)
            throw new ArgumentException($"{estimator.Name} learns a target: say which column it is (--target).");

        if (estimator.TargetKind == TargetKind.None && options.Target != null)
            throw new ArgumentException($"{estimator.Name} learns without a target, found target '{options.Target}'. To keep that column out of the features, use --exclude.");
    }

    /// <summary>The target; its classes are found by reading the column.</summary>
    /// <exception cref="DatasetException">The column is no such target.</exception>
    public static TargetInfo? Find(
        Estimator estimator, Dataset dataset, TrainingOptions options, ValueRules rules, CancellationToken cancellation) =>
        estimator.TargetKind switch
        {
            TargetKind.Classes => TargetScan.FindClasses(dataset, options.Target!, rules, options.Workers, cancellation),
            TargetKind.Number => OfNumbers(dataset, options.Target!),
            _ => null,
        };

    /// <summary>What speaks against a target that was found, in words for the user; null if nothing does.</summary>
    public static string? DoubtAbout(TargetInfo? target)
    {
        if (target is not { Kind: TargetKind.Classes, ClassType: ClassType.Integer } || target.Classes.Count <= MostNumberedClasses)
            return null;

        IEnumerable<string> regressors = EstimatorCatalog.All.Where(e => e.TargetKind == TargetKind.Number).Select(e => e.Name);
        return $"target '{target.Name}' has {target.Classes.Count} different whole numbers, and each is learnt as a class of its own; "
            + $"if it is a number to predict, take one of {string.Join(", ", regressors)}";
    }

    /// <summary>A target that was learned from other data, in these: they may have any of its classes.</summary>
    /// <exception cref="DatasetException">The column is no such target.</exception>
    public static TargetInfo? InData(TargetInfo? target, Dataset dataset)
    {
        if (target == null)
            return null;

        if (target.Kind == TargetKind.Number)
            return OfNumbers(dataset, target.Name);

        foreach (DatasetFile file in dataset.Files)
        {
            DatasetColumn column = file.RequireColumn(target.Name);
            if ((column.Kind == ColumnKind.Text) != (target.ClassType == ClassType.Text))
                throw new DatasetException($"Target '{target.Name}' of the model has classes of type {target.ClassType}; in '{file.Name}' it is {column.TypeName}.");
        }

        return target;
    }

    /// <summary>Shows a target that was found to <paramref name="state"/>.</summary>
    /// <returns>The target that was written.</returns>
    public static TargetInfo? Persisted(StateStream state, TargetInfo? target)
    {
        string? name = target?.Name;
        state.Text(ref name);
        if (name == null)
            return null;

        TargetKind kind = target?.Kind ?? default;
        ClassType type = target?.ClassType ?? default;
        string[] classes = target == null ? [] : [.. target.Classes];
        state.Value(ref kind);
        state.Value(ref type);
        state.Texts(ref classes);
        long[] counts = target == null ? [] : [.. target.Counts];
        state.Array(ref counts);
        return new TargetInfo(name, kind, type, classes) { Counts = counts };
    }

    static TargetInfo OfNumbers(Dataset dataset, string name)
    {
        foreach (DatasetFile file in dataset.Files)
        {
            DatasetColumn? column = file.FindColumn(name);
            if (column is { Kind: not (ColumnKind.Number or ColumnKind.Boolean) })
                throw new DatasetException($"Target '{name}' must be numeric for a regressor; in '{file.Name}' it is {column.TypeName}. For classes use a classifier.");
        }

        return new TargetInfo(name, TargetKind.Number, ClassType.Integer, []);
    }
}
