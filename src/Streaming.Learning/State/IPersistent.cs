namespace Streaming.Learning.State;

/// <summary>Something whose state can be written down and taken up again, to the bit.</summary>
public interface IPersistent
{
    /// <summary>
    /// Shows all that changes while learning to <paramref name="state"/>, always in the same order: one description that serves for
    /// writing and for reading. What the constructor's arguments decide is not part of it: a state is read into an object that was made
    /// with the same arguments.
    /// </summary>
    /// <exception cref="StateException">What was read does not fit this object.</exception>
    void Persist(StateStream state);
}
