using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.Training.Preparation;

namespace Streaming.Learning.Training;

/// <summary>What the models of a run tell of themselves: what they were learned from, and how.</summary>
/// <param name="rows">What the run learns from.</param>
/// <param name="dataset">The data.</param>
/// <param name="options">Its options.</param>
/// <param name="preparation">What features are made of.</param>
/// <param name="runner">Knows the rows that were filtered.</param>
/// <param name="progress">Knows the passes.</param>
sealed class RunHeaders(
    LearningRows rows, Dataset dataset, TrainingOptions options, FeaturePreparation preparation, PassRunner runner, ProgressMeter progress)
{
    /// <summary>The header for a model that is scored.</summary>
    public ModelHeader Of(Contender contender)
    {
        long heldOut = dataset.RowCount - runner.RowsFiltered - rows.Rejected.Total - rows.Used;
        int passes = contender.Passes ?? progress.Passes;
        var summary = new TrainingSummary(
            rows.Used, heldOut, contender.LearnedEpochs, passes, runner.PartitionCount, options.BatchSize, options.Seed, options.Init?.Header.Summary.Standardized ?? options.Scalers is [StandardScaler { Columns.Count: 0 }], options.Weight)
        {
            DataFingerprint = DataFingerprint.Of(dataset),
            Where = dataset.Options.Where?.Text,
            FilteredRows = runner.RowsFiltered,
            RejectedRows = rows.Rejected.Total,
            EarlierRows = rows.Earlier,
        };
        Estimator estimator = contender.Candidate.Estimator;
        return new ModelHeader(
            estimator.Name, preparation.Columns.Features, preparation.Scaling, rows.Target, EstimatorParameters.ValuesOf(estimator), summary)
        {
            Encoded = preparation.Columns.Encoded,
            ColumnTypes = preparation.Columns.FeatureColumns.Where(c => c.IsRead).ToDictionary(c => c.Name, c => preparation.Columns.Types[c.Name]),
            Rules = preparation.Rules,
        };
    }

    /// <summary>The header for a model that is kept, with what later runs go on from; nothing that only scores wants that.</summary>
    public ModelHeader WithState(Contender contender) => Of(contender) with { TrainingState = EarlierModel.StateOf(contender.Fitting, options) };
}
