using Streaming.Learning.State;

namespace Streaming.Learning.Data;

/// <summary>Where a partition goes on behind a tile, and all that its rows up to there count for.</summary>
sealed class TileEnd : IPersistent
{
    TilePosition position;

    /// <summary>Where the partition goes on.</summary>
    public TilePosition Position => position;

    /// <summary>Rows up to there that were left out for their values.</summary>
    public Rejections Rejections { get; } = new();

    /// <summary>Notes where a reader stands.</summary>
    public void Set(TilePosition newPosition, Rejections rejections)
    {
        position = newPosition;
        Rejections.CopyFrom(rejections);
    }

    /// <summary>Becomes equal to <paramref name="other"/>.</summary>
    public void CopyFrom(TileEnd other) => Set(other.Position, other.Rejections);

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref position);
        Rejections.Persist(state);
    }
}
