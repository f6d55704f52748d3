namespace Streaming.Learning.Data;

/// <summary>Deals the row groups of a dataset to partitions: a property of the data and of the number asked for, never of the machine.</summary>
public static class Partitions
{
    /// <summary>Partitions when the user does not say: enough to break up sorted files and to keep workers busy, few enough to stay small in memory.</summary>
    public const int Default = 8;

    /// <summary>
    /// Cuts the row groups, in file order, into at most <paramref name="partitions"/> runs of about equally many rows. Runs, rather than
    /// every n-th row group, because rounds then mix rows from far-apart places of the dataset.
    /// </summary>
    /// <returns>The partitions, none of them empty; fewer than asked for where there are fewer row groups.</returns>
    public static IReadOnlyList<IReadOnlyList<DatasetRowGroup>> Deal(IReadOnlyList<DatasetRowGroup> rowGroups, int partitions)
    {
        List<DatasetRowGroup> filled = [.. rowGroups.Where(g => g.RowCount > 0)];
        partitions = Math.Min(partitions, filled.Count);
        var dealt = new List<IReadOnlyList<DatasetRowGroup>>(partitions);
        long rows = filled.Sum(g => g.RowCount);
        int next = 0;
        long dealtRows = 0;
        for (int p = 0; p < partitions; p++)
        {
            // Stop at the row group whose middle passes this partition's share, but leave one for each partition to come.
            long share = (long)((Int128)rows * (p + 1) / partitions);
            var run = new List<DatasetRowGroup>();
            while (next < filled.Count - (partitions - p - 1)
                && (run.Count == 0 || p == partitions - 1 || dealtRows + filled[next].RowCount / 2 < share))
            {
                run.Add(filled[next]);
                dealtRows += filled[next].RowCount;
                next++;
            }

            dealt.Add(run);
        }

        return dealt;
    }
}
