namespace Streaming.Samples;

/// <summary>The samples, one per estimator, by name: each takes the folder of the sample data and where to write.</summary>
public static class Samples
{
    public static IReadOnlyDictionary<string, Func<string, TextWriter, Task>> All { get; } =
        new SortedDictionary<string, Func<string, TextWriter, Task>>
        {
            ["late-flights"] = LateFlights.RunAsync,
            ["flight-delay"] = FlightDelay.RunAsync,
            ["bike-rentals"] = BikeRentals.RunAsync,
            ["forest-clusters"] = ForestClusters.RunAsync,
            ["wine-components"] = WineComponents.RunAsync,
        };
}
