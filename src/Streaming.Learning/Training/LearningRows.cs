using Streaming.Learning.Data;
using Streaming.Learning.State;
using Streaming.Learning.Training.Preparation;

namespace Streaming.Learning.Training;

/// <summary>The rows that a run learns from: which they are, what they become, and how many it found.</summary>
/// <param name="dataset">The data.</param>
/// <param name="options">What of them is held out.</param>
/// <param name="preparation">What features are made of.</param>
sealed class LearningRows(Dataset dataset, TrainingOptions options, FeaturePreparation preparation) : IPersistent
{
    long used;

    /// <summary>What is learned; null until it is known, and for estimators that learn none.</summary>
    public TargetInfo? Target { get; set; }

    /// <summary>Rows that the last pass of learning used.</summary>
    public long Used
    {
        get => used;
        set => used = value;
    }

    /// <summary>Rows that it left out for their values, and those held out that scoring did.</summary>
    public Rejections Rejected { get; } = new();

    /// <summary>Rows that the model knew before this run.</summary>
    public long Earlier => options.Init == null ? 0 : options.Init.Header.Summary.EarlierRows + options.Init.Header.Summary.Rows;

    /// <summary>The rows that the estimator sees.</summary>
    public TileSource Source => SourceOf(options.HoldoutFraction > 0 ? RowShare.Training : RowShare.All);

    /// <summary>The rows that are held out.</summary>
    public TileSource HeldOut => SourceOf(RowShare.Holdout);

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        Target = RunTarget.Persisted(state, Target);
        preparation.Persist(state);
        Rejected.Persist(state);
        state.Value(ref used);
    }

    TileSource SourceOf(RowShare share) =>
        new(dataset, preparation.Columns, preparation.Scaling, Target, new RowFilter(share, options.HoldoutFraction, options.Seed), options.BatchSize)
        {
            Rules = preparation.Rules,
        };
}
