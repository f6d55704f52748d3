using System.Diagnostics;
using System.Threading.Channels;
using Streaming.Learning.Data;
using Streaming.Learning.Passes;
using Streaming.Storage;

namespace Streaming.Learning.Training;

/// <summary>
/// The partitions of a pass, each read by at most one worker at a time, and the tiles that they are read into: as many as the pass needs at
/// once, taken from the pool when it begins.
/// </summary>
sealed class PartitionReaders : IDisposable
{
    readonly ProgressMeter progress;
    readonly WorkTimes times;
    readonly TileReader[] readers;
    readonly Prefetcher? prefetcher;
    readonly FetchLane[] lanes = [];
    readonly Channel<RowBatch> freeTiles;

    // For passes that want rows: what a worker decodes columns into before it turns them into rows, one tile each.
    readonly Channel<RowBatch>? columnTiles;
    readonly List<RowBatch> tiles = [];

    /// <summary>Opens the partitions and takes the tiles from the pool.</summary>
    /// <param name="input">What the pass runs on.</param>
    /// <param name="pass">What the pass wants.</param>
    /// <param name="tileCount">Tiles that the pass needs at once.</param>
    /// <param name="times">Told how long decoding takes.</param>
    public PartitionReaders(PassInput input, PassPlan pass, int tileCount, WorkTimes times)
    {
        progress = input.Progress;
        this.times = times;
        if (input.Memory.Fetch > 0)
        {
            (prefetcher, lanes) = TileFetches.Open(
                input.Source, input.Partitions, input.Memory.Fetch, input.Memory.OpenPartitions, p => input.Cache?[p].IsWhole == true, input.Cancellation);
        }

        readers =
        [
            .. input.Partitions.Select((p, i) =>
                new TileReader(input.Source, p, input.Cancellation, input.Parts, lanes.Length > 0 ? lanes[i] : null, input.Cache?[i])),
        ];
        freeTiles = Channel.CreateBounded<RowBatch>(tileCount);
        columnTiles = pass.NeedsRowMajor ? Channel.CreateBounded<RowBatch>(input.Workers) : null;
        try
        {
            Fill(freeTiles, tileCount, ShapeFor(pass, input.Source), input.Source.Dataset.Pool);
            if (columnTiles != null)
                Fill(columnTiles, input.Workers, input.Source.Shape(), input.Source.Dataset.Pool);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The tiles that a pass uses.</summary>
    public static BatchShape ShapeFor(PassPlan pass, TileSource source) => pass.NeedsRowMajor ? source.RowShape : source.Shape(pass.NeedsDoubles);

    /// <summary>Number of partitions.</summary>
    public int Count => readers.Length;

    /// <summary>Rows that were looked at.</summary>
    public long RowsRead => readers.Sum(r => r.RowsRead);

    /// <summary>Rows that were looked at and for which the dataset's condition is not true.</summary>
    public long RowsFiltered => readers.Sum(r => r.RowsFiltered);

    /// <summary>Rows that were looked at and are to be used.</summary>
    public long RowsWanted => readers.Sum(r => r.RowsPicked - r.Rejections.Total);

    /// <summary>Rows that were left out for their values.</summary>
    public Rejections Rejections()
    {
        var total = new Rejections();
        foreach (TileReader reader in readers)
            total.Add(reader.Rejections);

        return total;
    }

    /// <summary>Begins to fetch ahead.</summary>
    public void Start() => prefetcher?.Start();

    /// <summary>Goes to where partitions were used up to; called before the first tile is read.</summary>
    public void GoTo(ReadOnlySpan<TileEnd> ends)
    {
        for (int p = 0; p < readers.Length; p++)
            readers[p].GoTo(ends[p]);

        progress.LeaveOut(RowsRead);
    }

    /// <summary>Rows of a partition that have not been looked at: exact for who decodes it, nearly so for others.</summary>
    public long RowsLeft(int partition) => readers[partition].RowsLeft;

    /// <summary>Ends when the next bytes of a partition need not be waited for.</summary>
    public Task WhenReady(int partition) => lanes.Length > 0 ? lanes[partition].WhenReady() : Task.CompletedTask;

    /// <summary>Reads the next rows of a partition into a tile; false at its end.</summary>
    public bool Decode(int partition, RowBatch tile)
    {
        TileReader reader = readers[partition];
        long leftOut = reader.RowsRead - reader.RowsGiven;
        long began = Stopwatch.GetTimestamp();
        bool any = columnTiles == null ? reader.Read(tile) : ReadRows(reader, columnTiles, tile);
        times.AddDecode(Stopwatch.GetTimestamp() - began);
        progress.LeaveOut(reader.RowsRead - reader.RowsGiven - leftOut);
        if (any)
        {
            tile.Partition = partition;
            tile.End.Set(reader.Position, reader.Rejections);
        }

        return any;
    }

    /// <summary>Picks the rows of a partition's next tiles, whose columns are then decoded in parts.</summary>
    public bool Pick(int partition, TileBlock block, ref RowBatch? unfinished)
    {
        TileReader reader = readers[partition];
        long leftOut = reader.RowsRead - reader.RowsPicked;
        long began = Stopwatch.GetTimestamp();
        bool any = reader.Pick(block, ref unfinished, NewEmptyTile, tile =>
        {
            tile.Partition = partition;
            tile.End.Set(reader.Position, reader.Rejections);
        });
        times.AddDecode(Stopwatch.GetTimestamp() - began);
        progress.LeaveOut(reader.RowsRead - reader.RowsPicked - leftOut);
        return any;
    }

    /// <summary>Decodes a part of the columns of tiles; says whether it was the last.</summary>
    public bool DecodePart(int partition, TileBlock block, int part)
    {
        long began = Stopwatch.GetTimestamp();
        bool isLast = readers[partition].Decode(block, part);
        times.AddDecode(Stopwatch.GetTimestamp() - began);
        return isLast;
    }

    /// <summary>Takes a tile out of circulation: there are as many as can be in use at once.</summary>
    public RowBatch NewTile() =>
        freeTiles.Reader.TryRead(out RowBatch? tile) ? tile : throw new InvalidOperationException("The pass has planned for too few tiles.");

    /// <summary>Gives a tile back to be filled again.</summary>
    public void Release(RowBatch tile) => freeTiles.Writer.TryWrite(tile);

    static bool ReadRows(TileReader reader, Channel<RowBatch> columnTiles, RowBatch rows)
    {
        if (!columnTiles.Reader.TryRead(out RowBatch? columns))
            throw new InvalidOperationException("More workers decode than the pass planned for.");

        try
        {
            bool any = reader.Read(columns);
            if (any)
                columns.CopyTo(rows);

            return any;
        }
        finally
        {
            columnTiles.Writer.TryWrite(columns);
        }
    }

    RowBatch NewEmptyTile()
    {
        RowBatch tile = NewTile();
        tile.RowCount = 0;
        return tile;
    }

    void Fill(Channel<RowBatch> channel, int count, BatchShape shape, BufferPool pool)
    {
        for (int i = 0; i < count; i++)
        {
            tiles.Add(new RowBatch(pool, shape));
            channel.Writer.TryWrite(tiles[^1]);
        }
    }

    /// <summary>Closes the partitions and returns the tiles.</summary>
    public void Dispose()
    {
        foreach (TileReader reader in readers)
            reader.Dispose();

        prefetcher?.Dispose();
        tiles.ForEach(t => t.Dispose());
    }
}
