using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;
using Streaming.Storage;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>Rows by hand, cut into tiles and partitions, and an estimator run over them in the order that the runtime keeps.</summary>
sealed unsafe class Harness(double[][] features, double[]? target = null, double[]? weights = null)
{
    public int BatchSize { get; init; } = 64;

    public int Partitions { get; init; } = 1;

    public int Epochs { get; init; } = 1;

    public long Seed { get; init; } = 42;

    public string[] Classes { get; init; } = [];

    public FeatureScaling? Scaling { get; init; }

    public int FeatureCount => features[0].Length;

    FeatureScaling EffectiveScaling => Scaling ?? FeatureScaling.Identity(FeatureCount);

    TargetInfo? Target => target is null ? null
        : new TargetInfo("y", Classes.Length > 0 ? TargetKind.Classes : TargetKind.Number, ClassType.Text, Classes)
        {
            Counts = [.. Classes.Select((_, c) => target.LongCount(y => y == c))],
        };

    public FitContext Context => new(
        [.. Enumerable.Range(0, FeatureCount).Select(j => $"x{j}")], EffectiveScaling, Target, features.Length, Epochs, BatchSize, Seed);

    /// <summary>
    /// Whether everything is written down after every tile (in rounds: after every round), and read back into objects that were just
    /// made, as if the run had been killed there and resumed.
    /// </summary>
    public bool IsInterrupted { get; init; }

    /// <summary>Runs an estimator.</summary>
    /// <param name="estimator">The estimator.</param>
    /// <param name="asked">Told of every pass that it asks for.</param>
    public (Model Model, IReadOnlyList<Metric> Metrics) Fit(Estimator estimator, Action<Pass>? asked = null)
    {
        estimator.Validate();
        FitContext context = Context;
        Fitting fitting = estimator.Begin(context);
        int passes = 0;
        while (true)
        {
            byte[] before = IsInterrupted ? StateWriter.ToBytes(fitting) : [];
            Pass? pass = IsInterrupted ? PassAnew() : fitting.NextPass();
            if (pass == null)
                break;

            asked?.Invoke(pass);
            Run(pass, PassAnew);
            passes++;

            Pass? PassAnew()
            {
                fitting = estimator.Begin(context);
                StateReader.Restore(fitting, before);
                return fitting.NextPass();
            }
        }

        return (fitting.ToModel(HeaderOf(estimator, passes)), fitting.TrainingMetrics());
    }

    public ModelHeader HeaderOf(Estimator estimator, int passes)
    {
        var summary = new TrainingSummary(features.Length, 0, Epochs, passes, Partitions, BatchSize, Seed, false, null);
        return new ModelHeader(estimator.Name, Context.Features, EffectiveScaling, Target, EstimatorParameters.ValuesOf(estimator), summary);
    }

    /// <summary>Runs a pass.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="passAnew">Makes the same pass again, for runs that are interrupted.</param>
    public void Run(Pass pass, Func<Pass?>? passAnew = null)
    {
        int perPartition = (features.Length + Partitions - 1) / Partitions;
        int rounds = (perPartition + BatchSize - 1) / BatchSize;
        ISum[] sums = pass is SumPass summing ? [.. Enumerable.Range(0, Partitions).Select(_ => summing.NewState())] : [];
        (pass as RoundPass)?.Begin(Partitions);
        for (int round = 0; round < rounds; round++)
        {
            var took = new List<int>();
            for (int p = 0; p < Partitions; p++)
            {
                int first = p * perPartition + round * BatchSize;
                int count = Math.Min(Math.Min(BatchSize, (p + 1) * perPartition - first), features.Length - first);
                if (count <= 0)
                    continue;

                took.Add(p);
                WithTile(first, count, tile =>
                {
                    switch (pass)
                    {
                        case SumPass: sums[p].Add(tile); break;
                        case RoundPass rounded: rounded.Contribute(p, tile); break;
                        case OrderedPass ordered: ordered.Learn(tile); break;
                    }
                });
            }

            (pass as RoundPass)?.EndRound([.. took]);
            if (IsInterrupted)
                pass = Restored(pass, sums, passAnew!()!);
        }

        (pass as SumPass)?.Complete(sums);
        (pass as RoundPass)?.Complete();
    }

    Pass Restored(Pass pass, ISum[] sums, Pass fresh)
    {
        for (int p = 0; p < sums.Length; p++)
        {
            byte[] sum = StateWriter.ToBytes(sums[p]);
            sums[p] = ((SumPass)fresh).NewState();
            StateReader.Restore(sums[p], sum);
        }

        if (pass is IPersistent state)
            StateReader.Restore((IPersistent)fresh, StateWriter.ToBytes(state));

        (fresh as RoundPass)?.Begin(Partitions);
        return fresh;
    }

    /// <summary>Lends a tile with some of the rows, and checks that its reader left it as it was, and reads nothing beyond its rows.</summary>
    public void WithTile(int first, int count, Action<RowBatch> use)
    {
        using var pool = new BufferPool();
        var shape = new BatchShape(FeatureCount, BatchSize, target is not null, weights is not null, HasRowMajor: true);
        using (RowBatch tile = New())
        using (RowBatch untouched = New())
        {
            use(tile);
            var found = new ReadOnlySpan<byte>(tile.Features, (int)shape.Bytes);
            Assert.True(found.SequenceEqual(new ReadOnlySpan<byte>(untouched.Features, (int)shape.Bytes)), "The tile was written to.");
        }

        RowBatch New()
        {
            var tile = new RowBatch(pool, shape);

            // All ones is NaN: whoever counts values beyond the tile's rows shows it.
            new Span<byte>(tile.Features, (int)shape.Bytes).Fill(0xFF);
            tile.RowCount = count;
            tile.FirstRow = first;
            FeatureScaling scaling = EffectiveScaling;
            for (int j = 0; j < FeatureCount; j++)
            {
                Span<float> column = tile.WritableColumn(j, count);
                for (int i = 0; i < count; i++)
                    column[i] = (float)((features[first + i][j] - scaling.Offset[j]) * scaling.Factor[j]);
            }

            target?.AsSpan(first, count).CopyTo(tile.WritableTarget(count));
            weights?.AsSpan(first, count).CopyTo(tile.WritableWeight(count));
            Transpose.ToRows(tile.Features, tile.Stride, FeatureCount, count, tile.Rows, tile.RowStride);
            return tile;
        }
    }
}
