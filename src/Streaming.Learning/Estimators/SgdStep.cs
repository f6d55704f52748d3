using Streaming.Learning.Data;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// The rows of a step of <see cref="SgdNewton{TLoss}"/>, and what can be told of them without weights: so candidates of a sweep, who see the same rows, can
/// have one in common.
/// </summary>
sealed unsafe class SgdStep : IPersistent
{
    readonly ClassWeights classWeights;
    readonly SgdProducts? products;
    readonly SgdSample? sample;
    bool isShared;
    bool isSampled;
    long steps;

    /// <summary>Creates a step without rows.</summary>
    /// <param name="features">Features.</param>
    /// <param name="capacity">Rows of a step, a multiple of 8.</param>
    /// <param name="hasIntercept">Whether features are centred.</param>
    /// <param name="classWeights">What rows weigh by their class.</param>
    /// <param name="isQuadratic">Whether the loss is a parabola: it curves by the rows' weights alone, and wants no distances.</param>
    /// <param name="isSampled">Whether a sample of the rows may tell how a step curves.</param>
    public SgdStep(int features, int capacity, bool hasIntercept, ClassWeights classWeights, bool isQuadratic, bool isSampled)
    {
        this.classWeights = classWeights;
        Panel = new SgdPanel(features, capacity, hasIntercept, classWeights);
        Spread = new SgdFeatureSpread(features);
        if (isQuadratic)
            products = new SgdProducts(Panel.Columns);
        else
            Distances = new double[Panel.Stride];

        if (isSampled)
            sample = new SgdSample(features, capacity, hasIntercept);
    }

    /// <summary>What two steps must have in common to have the same rows, given that they see the same tiles.</summary>
    public object Key => (Panel.HasIntercept, classWeights, products == null, sample == null);

    public SgdPanel Panel { get; }

    /// <summary>Mean and variance of the features over all rows so far.</summary>
    public SgdFeatureSpread Spread { get; }

    /// <summary>The sum of the rows' weights.</summary>
    public double Weight { get; private set; }

    /// <summary>Per row its squared distance from the mean, in standard deviations; empty for a parabola.</summary>
    public double[] Distances { get; } = [];

    /// <summary>The largest of <see cref="Distances"/>.</summary>
    public double Farthest { get; private set; }

    /// <summary>Products of columns by the rows' weights; for a parabola only.</summary>
    public SgdProducts Products => products!;

    /// <summary>Rows that tell how the step curves in place of all; null: all do.</summary>
    public SgdSample? Sample => isSampled ? sample : null;

    /// <summary>Whether the rows are all there, to be learned now.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Takes rows of a tile, as many as there is room for; returns the row up to which it did. Rows that were learned go.</summary>
    public int Take(RowBatch tile, int first)
    {
        Clear();
        int end = first + Panel.Take(tile, first);
        if (Panel.RowCount == Panel.Capacity)
            Complete();

        return end;
    }

    /// <summary>No more rows come. False: there are none that were not learned.</summary>
    public bool Complete()
    {
        if (IsComplete || Panel.RowCount == 0)
            return false;

        Panel.Pad();
        Weight = Spread.Add(Panel);
        products?.Compute(Panel, Panel.Weights);
        if (products == null)
            Farthest = Spread.Measure(Panel, Distances);

        isSampled = sample != null && sample.Take(Panel, Distances, steps);
        steps++;
        return IsComplete = true;
    }

    /// <summary>
    /// What several have in common from now on: this one, or another with the same past where this one is somebody's who has learned to the end, and must
    /// stay as it is.
    /// </summary>
    public SgdStep ToShare()
    {
        SgdStep shared = this;
        if (isShared)
        {
            shared = new SgdStep(Panel.Features, Panel.Capacity, Panel.HasIntercept, classWeights, products != null, sample != null);
            StateReader.Restore(shared, StateWriter.ToBytes(this));
        }

        shared.isShared = true;
        return shared;
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        Clear();
        Panel.Persist(state);
        Spread.Persist(state);
        state.Value(ref steps);
    }

    void Clear()
    {
        if (IsComplete)
            Panel.Truncate(0);

        IsComplete = false;
    }
}
