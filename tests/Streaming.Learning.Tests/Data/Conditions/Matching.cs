using Streaming.Learning.Data;
using Streaming.Learning.Data.Conditions;

namespace Streaming.Learning.Tests.Data.Conditions;

/// <summary>The rows of a dataset for which its condition is true.</summary>
static class Matching
{
    /// <summary>Opens files with a condition.</summary>
    public static Dataset Open(string condition, params string[] paths) =>
        Dataset.Open(paths, new DatasetOptions { Where = RowCondition.Parse(condition) });

    /// <summary>The positions of the rows.</summary>
    /// <param name="dataset">The data.</param>
    /// <param name="room">Rows that are asked for at a time.</param>
    public static List<long> Rows(Dataset dataset, int room = 300)
    {
        var rows = new List<long>();
        using var picker = new RowPicker(RowFilter.None);
        foreach (DatasetRowGroup group in dataset.RowGroups)
        {
            picker.Open(group);
            long next = group.FirstRow;
            while (picker.TryPick(room, out RowRun run))
            {
                // Skips and runs tile the row group, so that readers that follow them stand where they should.
                Xunit.Assert.Equal(next + run.Skip, run.FirstRow);
                next = run.FirstRow + run.Count;
                for (int i = 0; i < run.Wanted; i++)
                    rows.Add(run.FirstRow + run.PlaceOf(i));
            }
        }

        CheckLedger(dataset, picker, rows);
        return rows;
    }

    /// <summary>The positions of the rows, each of the runs given by a picker of its own that goes on where the one before stood.</summary>
    public static List<long> RowsWithResuming(Dataset dataset, int room)
    {
        var rows = new List<long>();
        long read = 0;
        long filtered = 0;
        foreach (DatasetRowGroup group in dataset.RowGroups)
        {
            long row = 0;
            while (row < group.RowCount)
            {
                using var picker = new RowPicker(RowFilter.None);
                picker.Resume(read, filtered, rows.Count);
                picker.Open(group, row);
                if (picker.TryPick(room, out RowRun run))
                {
                    Xunit.Assert.Equal(group.FirstRow + run.Skip, run.FirstRow);
                    for (int i = 0; i < run.Wanted; i++)
                        rows.Add(run.FirstRow + run.PlaceOf(i));
                }

                (row, filtered) = picker.Mark;
                if (row == group.RowCount)
                {
                    read += group.RowCount;
                    CheckLedger(dataset, picker, rows, read);
                }
            }
        }

        return rows;
    }

    static void CheckLedger(Dataset dataset, RowPicker picker, List<long> rows, long? read = null)
    {
        Xunit.Assert.Equal(read ?? dataset.RowsToRead, picker.RowsRead);
        Xunit.Assert.Equal(picker.RowsRead - rows.Count, picker.RowsFiltered);
        Xunit.Assert.Equal(rows.Count, picker.RowsPicked);
    }
}
