using Streaming.Learning.Data;
using Streaming.Parquet;

namespace Streaming.Learning.Training;

/// <summary>Reads kept columns row group by row group; where each read is a request over a network, the next row group's while the last is being written.</summary>
/// <param name="columns">The columns.</param>
/// <param name="groups">The row groups.</param>
/// <param name="isAhead">Whether there is memory for two row groups of them.</param>
/// <param name="stop">Ends the reading.</param>
sealed class KeptReader(KeptColumns columns, IReadOnlyList<DatasetRowGroup> groups, bool isAhead, CancellationToken stop) : IDisposable
{
    Task<IReadOnlyList<TableValues?>>? reading;
    int group = -1;

    /// <summary>The columns of a row group; asked for in their order, some may be left out.</summary>
    public async Task<IReadOnlyList<TableValues?>> ReadAsync(int wanted)
    {
        if (reading == null || group != wanted)
        {
            await EndAsync().ConfigureAwait(false);
            reading = Begin(wanted);
        }

        IReadOnlyList<TableValues?> found = await reading.ConfigureAwait(false);
        group = wanted + 1;
        reading = isAhead && group < groups.Count && groups[group].File.Parquet.Source.IsFetched ? Begin(group) : null;
        return found;
    }

    /// <summary>Waits for what is still being read: its file must not be closed before.</summary>
    public void Dispose() => EndAsync().GetAwaiter().GetResult();

    // What becomes of it does not matter any more.
    Task EndAsync() => reading?.ContinueWith(_ => { }, TaskScheduler.Default) ?? Task.CompletedTask;

    // On a thread of its own, as the file is read by calls that wait.
    Task<IReadOnlyList<TableValues?>> Begin(int wanted) => Task.Run(() => columns.ReadAsync(groups[wanted], stop), stop);
}
