namespace Streaming.Parquet.Format;

/// <summary>
/// Reads the Thrift compact protocol (thrift/doc/specs/thrift-compact-protocol.md) from bytes that nobody vouches for. It
/// never throws and never reads past the end: the first fault is kept in <see cref="Fault"/>, after which every read
/// gives zero and every struct ends, so that loops over fields stop by themselves.
/// </summary>
ref struct ThriftReader(ReadOnlySpan<byte> bytes)
{
    // The deepest structs of the format nest 6 deep; anything far beyond is an attack on the stack.
    const int MaxDepth = 32;

    readonly ReadOnlySpan<byte> bytes = bytes;
    int depth;

    /// <summary>Bytes consumed so far.</summary>
    public int Position { get; private set; }

    /// <summary>What is wrong with the bytes, or null.</summary>
    public string? Fault { get; private set; }

    /// <summary>Whether the fault is that the bytes ended too early: with more bytes the read might succeed.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Starts a struct; pass the result to <see cref="NextField"/>.</summary>
    public FieldCursor BeginStruct()
    {
        if (++depth > MaxDepth)
            Fail($"structs nest more than {MaxDepth} deep");

        return default;
    }

    /// <summary>Moves to the next field; false at the end of the struct.</summary>
    public bool NextField(ref FieldCursor field)
    {
        byte header = ReadByte();
        if (Fault is not null || header == 0)
        {
            depth--;
            return false;
        }

        field.Type = (ThriftType)(header & 15);
        int delta = header >> 4;
        field.Id = delta != 0 ? field.Id + delta : (int)ReadInt();
        return Fault is null;
    }

    /// <summary>Reads a byte.</summary>
    public byte ReadByte()
    {
        if (Fault is not null)
            return 0;

        if (Position >= bytes.Length)
        {
            IsTruncated = true;
            Fail("the bytes end in the middle of a structure");
            return 0;
        }

        return bytes[Position++];
    }

    /// <summary>Reads a zigzag-coded integer (i16, i32, i64).</summary>
    public long ReadInt()
    {
        ulong v = ReadVarint();
        return (long)(v >> 1) ^ -(long)(v & 1);
    }

    /// <summary>Reads a field as an integer; any other type is a fault.</summary>
    public long ReadInt(FieldCursor field)
    {
        switch (field.Type)
        {
            case ThriftType.Byte:
                return (sbyte)ReadByte();
            case ThriftType.I16 or ThriftType.I32 or ThriftType.I64:
                return ReadInt();
            default:
                Fail($"field {field.Id} should be an integer and has type {(int)field.Type}");
                return 0;
        }
    }

    /// <summary>Reads a field as an integer that must lie in int's range.</summary>
    public int ReadInt32(FieldCursor field)
    {
        long v = ReadInt(field);
        if (v != (int)v)
            Fail($"field {field.Id} should fit in 32 bits and is {v}");

        return (int)v;
    }

    /// <summary>Reads a field as a boolean.</summary>
    public bool ReadBool(FieldCursor field)
    {
        if (field.Type is not (ThriftType.True or ThriftType.False))
            Fail($"field {field.Id} should be a boolean and has type {(int)field.Type}");

        return field.Type == ThriftType.True;
    }

    /// <summary>Reads a boolean of a list.</summary>
    public bool ReadListBool() => ReadByte() == (byte)ThriftType.True;

    /// <summary>Reads a field as bytes: a view, not a copy.</summary>
    public ReadOnlySpan<byte> ReadBinary(FieldCursor field)
    {
        if (field.Type == ThriftType.Binary)
            return ReadBinary();

        Fail($"field {field.Id} should be binary and has type {(int)field.Type}");
        return default;
    }

    /// <summary>Reads bytes with their length before them.</summary>
    public ReadOnlySpan<byte> ReadBinary()
    {
        ulong length = ReadVarint();
        if (Fault is not null)
            return default;

        if (length > (ulong)(bytes.Length - Position))
        {
            IsTruncated = true;
            Fail($"a binary of {length} bytes is announced where {bytes.Length - Position} are left");
            return default;
        }

        ReadOnlySpan<byte> result = bytes.Slice(Position, (int)length);
        Position += (int)length;
        return result;
    }

    /// <summary>
    /// Starts the list in a field; returns how many elements follow. Each takes at least one byte. Booleans go by
    /// <see cref="ThriftType.True"/>.
    /// </summary>
    public int ReadList(FieldCursor field, ThriftType element)
    {
        if (field.Type is not (ThriftType.List or ThriftType.Set))
        {
            Fail($"field {field.Id} should be a list and has type {(int)field.Type}");
            return 0;
        }

        int count = ReadListHeader(out ThriftType found);
        // Writers do not agree on which of the two types stands for booleans.
        if (found == ThriftType.False)
            found = ThriftType.True;

        if (Fault is null && count > 0 && found != element)
        {
            Fail($"field {field.Id} should be a list of type {(int)element} and is one of type {(int)found}");
            return 0;
        }

        return count;
    }

    /// <summary>Checks that a field holds a struct before it is read as one.</summary>
    public bool IsStruct(FieldCursor field)
    {
        if (field.Type != ThriftType.Struct)
            Fail($"field {field.Id} should be a struct and has type {(int)field.Type}");

        return Fault is null;
    }

    /// <summary>Passes over exactly these bytes, if they come next.</summary>
    public bool TryPass(ReadOnlySpan<byte> expected)
    {
        bool isNext = bytes[Position..].StartsWith(expected);
        if (isNext)
            Position += expected.Length;

        return isNext;
    }

    /// <summary>Passes over a field of any type.</summary>
    public void Skip(FieldCursor field) => Skip(field.Type, inCollection: false);

    /// <summary>Records a fault, unless there is one already.</summary>
    public void Fail(string fault) => Fault ??= fault;

    void Skip(ThriftType type, bool inCollection)
    {
        switch (type)
        {
            case ThriftType.True or ThriftType.False:
                if (inCollection)
                    ReadByte();
                break;
            case ThriftType.Byte:
                ReadByte();
                break;
            case ThriftType.I16 or ThriftType.I32 or ThriftType.I64:
                ReadVarint();
                break;
            case ThriftType.Double:
                Advance(8);
                break;
            case ThriftType.Uuid:
                Advance(16);
                break;
            case ThriftType.Binary:
                ReadBinary();
                break;
            case ThriftType.List or ThriftType.Set:
                SkipList();
                break;
            case ThriftType.Map:
                SkipMap();
                break;
            case ThriftType.Struct:
                FieldCursor field = BeginStruct();
                while (NextField(ref field))
                    Skip(field.Type, inCollection: false);
                break;
            default:
                Fail($"a field has type {(int)type}, which does not exist");
                break;
        }
    }

    void SkipList()
    {
        int count = ReadListHeader(out ThriftType element);
        if (++depth > MaxDepth)
            Fail($"lists nest more than {MaxDepth} deep");

        for (int i = 0; i < count && Fault is null; i++)
            Skip(element, inCollection: true);

        depth--;
    }

    void SkipMap()
    {
        ulong count = ReadVarint();
        if (count == 0 || Fault is not null)
            return;

        byte types = ReadByte();
        if (++depth > MaxDepth)
            Fail($"maps nest more than {MaxDepth} deep");

        for (ulong i = 0; i < count && Fault is null; i++)
        {
            Skip((ThriftType)(types >> 4), inCollection: true);
            Skip((ThriftType)(types & 15), inCollection: true);
        }

        depth--;
    }

    int ReadListHeader(out ThriftType element)
    {
        byte header = ReadByte();
        element = (ThriftType)(header & 15);
        ulong count = (uint)header >> 4;
        if (count == 15)
            count = ReadVarint();

        // An element takes a byte or more, so a longer list can't be in these bytes: nothing is allocated on a false claim.
        if (Fault is null && count > (ulong)(bytes.Length - Position))
        {
            IsTruncated = true;
            Fail($"a list of {count} elements is announced where {bytes.Length - Position} bytes are left");
        }

        return Fault is null ? (int)count : 0;
    }

    void Advance(int count)
    {
        if (bytes.Length - Position < count)
        {
            IsTruncated = true;
            Fail("the bytes end in the middle of a value");
        }
        else
        {
            Position += count;
        }
    }

    ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            byte b = ReadByte();
            value |= (ulong)(b & 127) << shift;
            if (b < 128)
                return Fault is null ? value : 0;
        }

        Fail("a variable-length integer has more than 10 bytes");
        return 0;
    }
}

/// <summary>Types of the Thrift compact protocol.</summary>
enum ThriftType
{
    Stop = 0,
    True = 1,
    False = 2,
    Byte = 3,
    I16 = 4,
    I32 = 5,
    I64 = 6,
    Double = 7,
    Binary = 8,
    List = 9,
    Set = 10,
    Map = 11,
    Struct = 12,
    Uuid = 13,
}

/// <summary>The field that a <see cref="ThriftReader"/> stands at.</summary>
struct FieldCursor
{
    /// <summary>Number of the field in its struct.</summary>
    public int Id { get; set; }

    /// <summary>Type of the field.</summary>
    public ThriftType Type { get; set; }
}
