using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.State;

namespace Streaming.Learning.Training;

/// <summary>The finished model that a run goes on from, and the one that a later run will.</summary>
static class EarlierModel
{
    const int MostStateBytes = 16 << 20;

    /// <summary>The columns that the run reads: those of the model, in its order. A choice of features must be the same.</summary>
    /// <exception cref="ArgumentException">The run is about something else than the model: says in what.</exception>
    public static ColumnSelection SelectColumns(Model model, Estimator estimator, Dataset dataset, TrainingOptions options, CancellationToken cancellation)
    {
        ModelHeader header = model.Header;
        Require("the estimator", header.Estimator, estimator.Name);
        foreach (EstimatorParameter parameter in EstimatorParameters.Of(estimator.GetType()))
            Require($"parameter {parameter.KebabName}", header.Parameters.GetValueOrDefault(parameter.SnakeName, "no value"), parameter.Format(estimator));

        Require("the target", header.Target?.Name ?? "none", options.Target ?? "none");
        Require("the weight", header.Summary.WeightColumn ?? "none", options.Weight ?? "none");
        Require("standardize", header.Summary.Standardized ? "true" : "false", options.Standardize ? "true" : "false");
        Require("on-missing", $"{header.Rules.OnMissing}", $"{options.OnMissing}");
        Require("on-infinite", $"{header.Rules.OnInfinite}", $"{options.OnInfinite}");
        if (options.Preprocessing.Count > 0)
            throw new ArgumentException($"Option init: the features are made as the model's were; found {options.Preprocessing[0].Name} beside it: leave it out.");

        if ((options.Features.Count > 0 || options.Exclude.Count > 0) && header.Encoded.Count == 0)
            RequireFeatures(header, ColumnSelection.Resolve(dataset, options.Features, options.Exclude, options.Target, options.Weight, cancellation, types: header.ColumnTypes));

        if (header.TrainingState.Length == 0)
        {
            throw new ArgumentException(
                $"Option init: the model holds no state of its training to go on from. {estimator.Name} "
                + (estimator.WhyNotContinued is { } reason
                    ? $"can't go on from a finished model: {reason}."
                    : "keeps one of more than 16 MiB only with --save-state: train it again with it."));
        }

        return ColumnSelection.ForModel(dataset, header.Features, options.Target, options.Weight, header.Encoded, header.ColumnTypes);
    }

    /// <summary>Brings a run that has not begun to what the model has learned.</summary>
    /// <exception cref="ModelFileException">The state is not one of this estimator.</exception>
    public static void TakeUp(Model model, Fitting fitting)
    {
        try
        {
            StateReader.Restore(new Learned(Continuing(fitting)), model.Header.TrainingState);
        }
        catch (StateException e)
        {
            throw new ModelFileException("the model to go on from", $"The state of its training is broken: {e.Message}", "Train it again.", e);
        }
    }

    /// <summary>What the model of a finished run keeps, so that a later run can go on from it.</summary>
    public static byte[] StateOf(Fitting fitting, TrainingOptions options)
    {
        if (fitting is not IContinuing continuing)
            return [];

        byte[] state = StateWriter.ToBytes(new Learned(continuing));
        return state.Length <= MostStateBytes || options.SaveState ? state : [];
    }

    static IContinuing Continuing(Fitting fitting) =>
        fitting as IContinuing ?? throw new ArgumentException("Option init: the estimator can't go on from a finished model.");

    // Which they are, and not their order: data have their columns in any.
    static void RequireFeatures(ModelHeader header, ColumnSelection chosen)
    {
        if (!header.Features.Order(StringComparer.Ordinal).SequenceEqual(chosen.Features.Order(StringComparer.Ordinal)))
            Require("the features", FeatureNames.Show(header.Features), FeatureNames.Show(chosen.Features));
    }

    static void Require(string what, string wanted, string found)
    {
        if (wanted != found)
            throw new ArgumentException($"Option init: the run must be about what the model is about; {what}: the model has {wanted}, the run {found}.");
    }

    /// <summary>What was learned, as the one state that there is.</summary>
    sealed class Learned(IContinuing fitting) : IPersistent
    {
        public void Persist(StateStream state) => fitting.PersistLearned(state);
    }
}
