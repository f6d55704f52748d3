using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Streaming.Learning.State;

/// <summary>
/// Writes states down, or reads them back: which of the two is nothing that an <see cref="IPersistent"/> has to know. Values follow each
/// other without names; lengths are stated and checked, so that a state read into the wrong object is an error and never nonsense.
/// </summary>
public abstract class StateStream
{
    /// <summary>Whether values are read, and so replaced.</summary>
    public abstract bool IsReading { get; }

    /// <summary>Bytes that are left to be read; lengths that ask for more are refused before memory is taken.</summary>
    protected abstract long BytesLeft { get; }

    /// <summary>Writes the bytes, or fills them.</summary>
    protected abstract void Transfer(Span<byte> bytes);

    /// <summary>A number, a flag, or a structure of such without references.</summary>
    public void Value<T>(ref T value)
        where T : unmanaged => Transfer(MemoryMarshal.AsBytes(new Span<T>(ref value)));

    /// <summary>Numbers whose count the object itself knows, such as weights: the same count must come back.</summary>
    /// <exception cref="StateException">Another count was written.</exception>
    public void Values<T>(Span<T> values)
        where T : unmanaged
    {
        int count = values.Length;
        Value(ref count);
        if (count != values.Length)
            throw new StateException($"wanted {values.Length} values, found {count}.");

        Transfer(MemoryMarshal.AsBytes(values));
    }

    /// <summary>A count of numbers to come, before memory for them is taken.</summary>
    /// <exception cref="StateException">There are no bytes for so many.</exception>
    public void Count<T>(ref int count)
        where T : unmanaged
    {
        Value(ref count);
        if (count < 0 || (long)count * Unsafe.SizeOf<T>() > BytesLeft)
            throw new StateException($"{count} values are announced, {BytesLeft} bytes are left.");
    }

    /// <summary>Numbers of any count.</summary>
    public void Array<T>(ref T[] values)
        where T : unmanaged
    {
        int count = values.Length;
        Count<T>(ref count);
        if (count != values.Length)
            values = new T[count];

        Transfer(MemoryMarshal.AsBytes(values.AsSpan()));
    }

    /// <summary>A list of numbers; when reading its content is replaced.</summary>
    public void List<T>(List<T> values)
        where T : unmanaged
    {
        int count = values.Count;
        Count<T>(ref count);
        CollectionsMarshal.SetCount(values, count);
        Transfer(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(values)));
    }

    /// <summary>A text, or null.</summary>
    public void Text(ref string? text)
    {
        byte[] bytes = text == null ? [] : Encoding.UTF8.GetBytes(text);
        bool exists = text != null;
        Value(ref exists);
        Array(ref bytes);
        if (IsReading)
            text = exists ? Encoding.UTF8.GetString(bytes) : null;
    }

    /// <summary>Texts of any count.</summary>
    public void Texts(ref string[] texts)
    {
        int count = texts.Length;
        Count<int>(ref count);
        if (count != texts.Length)
            texts = new string[count];

        foreach (ref string text in texts.AsSpan())
        {
            string? value = text;
            Text(ref value);
            text = value ?? throw new StateException("a text is missing.");
        }
    }

    /// <summary>An object that may not be there yet.</summary>
    /// <param name="value">The object, or null.</param>
    /// <param name="create">Makes one to read into.</param>
    public void Optional<T>(ref T? value, Func<T> create)
        where T : class, IPersistent
    {
        bool exists = value != null;
        Value(ref exists);
        if (!exists)
        {
            value = null;
            return;
        }

        value ??= create();
        value.Persist(this);
    }
}
