using System.Numerics;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Data;

/// <summary>
/// Holds the rows of a run to the rules for values: what is no finite number is filled, takes its row along, or ends the run - which
/// names the first such row, and its first such column. Rows that stay close up. For one thread.
/// </summary>
sealed class ValueGuard
{
    readonly TileSource source;
    readonly ValueRules rules;
    readonly int targetColumn;

    // Per wanted row of the run the reason to leave it out, counted from 1; 0 for those that stay. Made when the first is left out.
    int[] marks = [];
    int[] kept = [];

    // Of the wanted rows of the last run that did not stay: why; made likewise.
    int[] reasons = [];
    int marked;
    int keptCount;

    // The first row that ends the run.
    int failedRow = int.MaxValue;
    DatasetException? failure;

    public ValueGuard(TileSource source)
    {
        this.source = source;
        rules = source.Rules;
        targetColumn = source.Columns.FeatureColumns.Count;
        if (rules.Drops)
            Rejections.MakeRoom(source.Columns);
    }

    /// <summary>Rows left out so far.</summary>
    public Rejections Rejections { get; } = new();

    /// <summary>The first wanted row of a run whose value ends the run of the program; -1 for none.</summary>
    public int FailedRow => failure == null ? -1 : failedRow;

    /// <summary>Which of the wanted rows of the last run became its row <paramref name="i"/> that stayed.</summary>
    public int Kept(int i) => keptCount > 0 ? kept[i] : i;

    /// <summary>Why a wanted row of the last run did not stay (<see cref="Data.Rejections.ReasonOf"/>).</summary>
    public int ReasonOf(int row) => reasons[row];

    /// <summary>Checks values of a feature that have been scaled.</summary>
    public void CheckFeature(Span<float> values, int column, int feature, RowRun run)
    {
        int bad = Finite.IndexOfNonFinite(values);
        if (bad >= 0)
            Treat(values, bad, column, feature, run);
    }

    /// <summary>
    /// Checks values of a feature that have been scaled. Models are used on float32, so that one that learns from doubles has to keep within
    /// their range, too.
    /// </summary>
    public void CheckFeature(Span<double> values, int column, int feature, RowRun run)
    {
        int bad = rules.IsMeasuring ? Finite.IndexOfNonFinite(values) : Finite.IndexOfNonFiniteFloat(values);
        if (bad >= 0)
            Treat(values, bad, column, feature, run);
    }

    /// <summary>Checks numbers to be learned.</summary>
    public void CheckTarget(ReadOnlySpan<double> values, RowRun run)
    {
        for (int i = Finite.IndexOfNonFinite(values); i >= 0 && i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
                LeaveOut(i, "Target", source.Target!.Name, targetColumn, values[i], run);
        }
    }

    /// <summary>A class to be learned that is missing or infinite.</summary>
    public void NoLabel(int row, double value, RowRun run) =>
        LeaveOut(row, "Target", source.Target!.Name, targetColumn, value, run);

    /// <summary>A class to be compared with that the model does not know.</summary>
    public void UnknownLabel(int row, double? label, RowRun run)
    {
        TargetInfo info = source.Target!;
        string known = string.Join(", ", info.Classes.Take(10));
        if (info.Classes.Count > 10)
            known += $", … ({info.Classes.Count} in all)";

        string found = label is null ? "a label" : $"'{label}'";
        Fail(row, run, $"Target '{info.Name}' must be one of the classes {known}; found {found} that is none of them", "Clean the data, or leave such rows out (--where).");
    }

    /// <summary>A category that training has not seen, where that is an error.</summary>
    public void UnknownCategory(int row, string column, string? category, RowRun run) => Fail(
        row,
        run,
        $"Column '{column}' must have a category that the training rows had, found {(category == null ? "null" : $"'{category}'")}",
        "Leave such rows out (--where), or train with --handle-unknown ignore.");

    /// <summary>Checks weights.</summary>
    public void CheckWeights(ReadOnlySpan<double> values, RowRun run)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] >= 0 && values[i] < double.PositiveInfinity)
                continue;

            if (values[i] < 0)
                Fail(i, run, $"Weight '{source.Columns.Weight}' must be a finite number of at least 0, found {values[i]}", "Clean the data, or leave such rows out (--where).");
            else
                LeaveOut(i, "Weight", source.Columns.Weight!, targetColumn + 1, values[i], run);
        }
    }

    /// <summary>Ends the run of rows: those of the tile that are to be left out make room.</summary>
    /// <returns>Rows that stay.</returns>
    /// <exception cref="DatasetException">A value is not allowed.</exception>
    public int Close(RowBatch tile, int start, RowRun run)
    {
        if (failure != null)
            throw failure;

        keptCount = 0;
        if (marked == 0)
            return run.Wanted;

        for (int i = 0; i < run.Wanted; i++)
        {
            if (marks[i] == 0)
                kept[keptCount++] = i;
            else
                Rejections.Count(reasons[i] = marks[i] - 1);
        }

        marks.AsSpan(0, run.Wanted).Clear();
        marked = 0;
        tile.CloseUp(start, kept.AsSpan(0, keptCount));
        return keptCount;
    }

    void Treat<T>(Span<T> values, int first, int column, int feature, RowRun run)
        where T : IBinaryFloatingPointIeee754<T>
    {
        double offset = source.Scaling.Offset[feature], factor = source.Scaling.Factor[feature];
        for (int i = first; i < values.Length; i++)
        {
            if (rules.IsMeasuring ? T.IsFinite(values[i]) : float.IsFinite(float.CreateTruncating(values[i])))
                continue;

            bool isMissing = T.IsNaN(values[i]);
            if (!ValueRules.IsFilled(rules.HandlingOf(isMissing, feature)))
                LeaveOut(i, "Feature", source.Columns.Features[feature], column, double.CreateTruncating(values[i]), run);
            else if (!rules.IsMeasuring)
                values[i] = T.CreateTruncating((rules.FillOf(isMissing, feature) - offset) * factor);
        }
    }

    void LeaveOut(int row, string role, string name, int column, double value, RowRun run)
    {
        bool isMissing = double.IsNaN(value);
        if (rules.HandlingOf(isMissing) == ValueHandling.Drop)
        {
            if (marks.Length == 0)
                (marks, kept, reasons) = (new int[source.BatchSize], new int[source.BatchSize], new int[source.BatchSize]);

            marked++;
            if (marks[row] == 0)
                marks[row] = 1 + Rejections.ReasonOf(column, isMissing);

            return;
        }

        string found = isMissing ? "null or NaN" : $"{(value > 0 ? "" : "-")}infinity, or a number beyond the range of float32,";
        Fail(row, run, $"{role} '{name}' must be a finite number, found {found}", AdviceFor(role, isMissing));
    }

    string AdviceFor(string role, bool isMissing)
    {
        string option = isMissing ? "--on-missing" : "--on-infinite";
        if (rules.IsForModel)
        {
            return role == "Feature"
                ? $"Clean the data, leave such rows out (--where), or train the model to fill such values (fit {option} mean|zero)."
                : "Clean the data, or leave such rows out (--where).";
        }

        return role == "Feature"
            ? $"Clean the data, leave such rows out ({option} drop, or --where), fill them ({option} mean|zero), or leave the column out (--exclude)."
            : $"Clean the data, or leave such rows out ({option} drop, or --where).";
    }

    void Fail(int row, RowRun run, string what, string advice)
    {
        if (row >= failedRow)
            return;

        failedRow = row;
        failure = new DatasetException($"{what} in {source.Dataset.Locate(run.FirstRow + run.PlaceOf(row))}. {advice}");
    }
}
