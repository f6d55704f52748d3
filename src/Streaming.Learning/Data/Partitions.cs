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

    /// <summary>Puts neighbouring row groups together, in file order, as long as they have at most <paramref name="rows"/> rows together.</summary>
    /// <returns>Runs of row groups, none of them without rows; a row group that has more rows is one by itself.</returns>
    public static IReadOnlyList<IReadOnlyList<DatasetRowGroup>> Gather(IEnumerable<DatasetRowGroup> rowGroups, long rows)
    {
        var runs = new List<IReadOnlyList<DatasetRowGroup>>();
        var run = new List<DatasetRowGroup>();
        long gathered = 0;

        // Writers that flush on a clock leave row groups without rows.
        foreach (DatasetRowGroup group in rowGroups.Where(g => g.RowCount > 0))
        {
            if (run.Count > 0 && gathered + group.RowCount > rows)
            {
                runs.Add(run);
                (run, gathered) = ([], 0);
            }

            run.Add(group);
            gathered += group.RowCount;
        }

        if (run.Count > 0)
            runs.Add(run);

        return runs;
    }
}
