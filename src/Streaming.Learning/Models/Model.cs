using Streaming.Learning.Data;
using Streaming.Learning.Metrics;

namespace Streaming.Learning.Models;

/// <summary>
/// What an estimator has learned. A model names its columns and carries the scaling of its features, so it reads raw data; it
/// holds nothing that depends on the machine or the time of the run.
/// </summary>
public abstract class Model
{
    /// <summary>Creates a model.</summary>
    /// <exception cref="ArgumentException">The parts of <paramref name="header"/> don't fit together.</exception>
    protected Model(ModelHeader header) => Header = ModelGuard.Checked(header);

    /// <summary>Estimator, columns, scaling, parameters and summary of the training.</summary>
    public ModelHeader Header { get; }

    /// <summary>Name of the kind of model in its file, such as <c>linear-classifier</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>The columns that <see cref="Predict"/> writes.</summary>
    public abstract IReadOnlyList<OutputColumn> Outputs { get; }

    /// <summary>The fitted attributes as named arrays, in a fixed order: what the file keeps.</summary>
    public abstract IReadOnlyList<Tensor> Tensors { get; }

    /// <summary>
    /// Predicts every row of a tile that was read with <see cref="ModelHeader.Scaling"/>. Several threads may predict with one model;
    /// what a row gets depends on nothing but the row.
    /// </summary>
    /// <param name="tile">The rows.</param>
    /// <param name="output">
    /// Column-major: value of row i in output column c at <c>output[c * tile.RowCount + i]</c>; a class or cluster is given by its
    /// index. Length: at least outputs × rows.
    /// </param>
    public abstract void Predict(RowBatch tile, Span<double> output);

    /// <summary>Makes an empty sum that scores this model on rows with known targets (or on any rows, for models without a target).</summary>
    public abstract Scorer NewScorer();

    /// <summary>What a person wants to see of the fitted attributes, in the user's own units: name and values by row and column.</summary>
    public abstract IReadOnlyList<ModelTable> Describe();

    /// <summary>Holds a call of <see cref="Predict"/> to its contract.</summary>
    /// <exception cref="ArgumentException">The tile has other columns than the model, or the output is too short.</exception>
    protected void CheckPrediction(RowBatch tile, Span<double> output)
    {
        if (tile.FeatureCount != Header.Features.Count)
            throw new ArgumentException($"Wanted a tile of {Header.Features.Count} features, found {tile.FeatureCount}.", nameof(tile));

        long wanted = (long)Outputs.Count * tile.RowCount;
        if (output.Length < wanted)
            throw new ArgumentException($"Wanted room for {wanted} values, found {output.Length}.", nameof(output));
    }
}

/// <summary>What <see cref="Model.Predict"/> writes into one column.</summary>
/// <param name="Name">Column name in the output file.</param>
/// <param name="Kind">How its values are to be read.</param>
public sealed record OutputColumn(string Name, OutputKind Kind)
{
    /// <summary>What classifiers write: the predicted class, and a probability per class.</summary>
    internal static IReadOnlyList<OutputColumn> ForClasses(IEnumerable<string> classes) =>
        [new("prediction", OutputKind.Class), .. classes.Select(label => new OutputColumn("probability_" + label, OutputKind.Number))];
}

/// <summary>How the values of an output column are to be read.</summary>
public enum OutputKind
{
    /// <summary>A number.</summary>
    Number,

    /// <summary>A 0-based index, written as an integer.</summary>
    Index,

    /// <summary>Index of a class; its label is written in the type of the target column.</summary>
    Class,
}

/// <summary>A named array of doubles, row-major.</summary>
/// <param name="Name">Name of the fitted attribute.</param>
/// <param name="Shape">Lengths of its dimensions; empty for a single number.</param>
/// <param name="Values">The values; as many as the product of the shape.</param>
public sealed record Tensor(string Name, IReadOnlyList<int> Shape, double[] Values);

/// <summary>A table of fitted attributes for people.</summary>
/// <param name="Title">What the table shows.</param>
/// <param name="Columns">Names of its columns; the first one names the rows.</param>
/// <param name="Rows">Row name and values.</param>
public sealed record ModelTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<(string Name, double[] Values)> Rows);
