using Streaming.Learning.Passes;

namespace Streaming.Learning.Estimators;

/// <summary>What estimators that learn in sums share.</summary>
static class Sums
{
    /// <summary>The sum over the rows of an earlier run, if there was one, and those of this one; <paramref name="later"/> is not used afterwards.</summary>
    public static T Joined<T>(T? earlier, T later)
        where T : class, ISum<T>
    {
        earlier?.Merge(later);
        return earlier ?? later;
    }
}
