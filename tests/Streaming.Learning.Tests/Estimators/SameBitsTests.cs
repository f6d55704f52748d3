using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>
/// A model has the same bits on every processor. The hashes are of a run with AVX-512; runs with DOTNET_EnableAVX512=0,
/// DOTNET_EnableAVX2=0 and DOTNET_EnableHWIntrinsic=0 give them too. Who changes the arithmetic on purpose records new ones.
/// </summary>
public sealed class SameBitsTests
{
    public static TheoryData<string, string> Hashes => new()
    {
        { "gaussian-nb", "5F9B54830E931C0C" },
        { "incremental-pca", "FEDA588F2F973A3B" },
        { "kmeans", "F454C238FD5CA5C6" },
        { "linear-discriminant-analysis", "9176224C3D4AA507" },
        { "linear-regression", "7D6E3E54202EAB86" },
        { "mini-batch-kmeans", "F370F4C3C8DA6E02" },
        { "multinomial-nb", "4C4F9F9EE097EA0A" },
        { "ridge", "2667A332C78CCBB9" },
        { "sgd-classifier", "8336316576997B75" },
        { "sgd-regressor", "968C0A69FE7D4295" },
    };

    [Theory]
    [MemberData(nameof(Hashes))]
    public void Fit_AnyProcessor_GivesTheSameModel(string name, string wanted) => Assert.Equal(wanted, HashOf(EstimatorCatalog.Create(name)));

    /// <summary>Kernels read through pointers, which keep nothing alive: whatever they read must be kept alive by something else.</summary>
    [Theory]
    [MemberData(nameof(Hashes))]
    public void Fit_WhileMemoryIsCollectedAndUsedAnew_GivesTheSameModel(string name, string wanted)
    {
        using var end = new CancellationTokenSource();
        var collector = new Thread(() => CollectUntil(end.Token));
        collector.Start();
        try
        {
            Assert.Equal(wanted, HashOf(EstimatorCatalog.Create(name)));
        }
        finally
        {
            end.Cancel();
            collector.Join();
        }
    }

    [Theory]
    [InlineData(MultiClass.Ovr, "DFFC568AC2F968B0")]
    [InlineData(MultiClass.Multinomial, "1E2EC1810578EDAC")]
    public void MiniBatchesOfClasses_AnyProcessor_GiveTheSameModel(MultiClass multiClass, string wanted) => Assert.Equal(
        wanted, HashOf(new SgdClassifier { MultiClass = multiClass, LearningRate = LearningRateSchedule.Constant, Eta0 = 0.01, MiniBatchSize = 70 }));

    [Fact]
    public void MiniBatchesOfNumbers_AnyProcessor_GiveTheSameModel() => Assert.Equal(
        "CFE106241E616BEC", HashOf(new SgdRegressor { LearningRate = LearningRateSchedule.Constant, Eta0 = 0.001, MiniBatchSize = 70 }));

    // Where pinned memory has been freed, numbers of others soon stand.
    static void CollectUntil(CancellationToken end)
    {
        for (int length = 8; !end.IsCancellationRequested; length = length % 4096 + 8)
        {
            if (length % 800 == 8)
                GC.Collect();

            GC.AllocateUninitializedArray<double>(length, pinned: true).AsSpan().Fill(double.NaN);
        }
    }

    static string HashOf(Estimator estimator)
    {
        bool hasClasses = estimator.TargetKind == TargetKind.Classes;
        var harness = new Harness(Sample.FeaturesFor(estimator), hasClasses ? Sample.ThreeClasses : Sample.Numbers, Sample.Weights)
        {
            Partitions = 3, Epochs = 2, Classes = hasClasses ? ["a", "b", "c"] : [],
        };
        double[] values = [.. harness.Fit(estimator).Model.Tensors.SelectMany(t => t.Values)];
        return Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(values.AsSpan())))[..16];
    }
}
