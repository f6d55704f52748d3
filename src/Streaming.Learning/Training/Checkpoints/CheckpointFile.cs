using System.Security.Cryptography;
using Streaming.Learning.State;
using Streaming.Storage;

namespace Streaming.Learning.Training.Checkpoints;

/// <summary>
/// One checkpoint as a file:
/// <code>
/// 8 bytes    "STRMCKPT"
/// 4 bytes    version of the format
/// …          fingerprint of data and options; the run; the pass that was interrupted (as their Persist has it)
/// 32 bytes   SHA-256 of all that
/// </code>
/// </summary>
sealed class CheckpointFile : IDisposable
{
    const int FormatVersion = 1;
    const int BufferBytes = 1 << 16;

    readonly Stream stream;

    CheckpointFile(Stream stream, StateReader state)
    {
        this.stream = stream;
        State = state;
    }

    static ReadOnlySpan<byte> Magic => "STRMCKPT"u8;

    /// <summary>What was written, in its order.</summary>
    public StateReader State { get; }

    /// <summary>Writes a checkpoint.</summary>
    public static void Write(Stream target, params ReadOnlySpan<IPersistent> parts)
    {
        using var hash = SHA256.Create();
        using (var hashing = new CryptoStream(target, hash, CryptoStreamMode.Write, leaveOpen: true))
        using (var buffered = new BufferedStream(hashing, BufferBytes))
        {
            buffered.Write(Magic);
            var state = new StateWriter(buffered);
            int version = FormatVersion;
            state.Value(ref version);
            foreach (IPersistent part in parts)
                part.Persist(state);
        }

        target.Write(hash.Hash);
    }

    /// <summary>Opens a checkpoint and checks that it is whole.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    /// <exception cref="CheckpointException">It is of another version.</exception>
    public static CheckpointFile Open(StoredFile file)
    {
        Stream stream = file.OpenRead();
        try
        {
            long length = stream.Length - SHA256.HashSizeInBytes;
            CheckHash(stream, length);
            stream.Position = 0;
            Span<byte> magic = stackalloc byte[Magic.Length];
            stream.ReadExactly(magic);
            if (!magic.SequenceEqual(Magic))
                throw new InvalidDataException("it is no checkpoint");

            var state = new StateReader(stream, length - magic.Length);
            int version = 0;
            state.Value(ref version);
            if (version != FormatVersion)
            {
                throw new CheckpointException(
                    $"'{file.Name}': wanted a checkpoint of format {FormatVersion}, found {version}. Resume with the version of Streaming that wrote it, or start anew in another folder.");
            }

            return new CheckpointFile(stream, state);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    static void CheckHash(Stream stream, long length)
    {
        if (length < Magic.Length + sizeof(int))
            throw new InvalidDataException("it was cut short");

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferBytes];
        while (length > 0)
        {
            Span<byte> next = buffer.AsSpan(0, (int)Math.Min(length, buffer.Length));
            stream.ReadExactly(next);
            hash.AppendData(next);
            length -= next.Length;
        }

        Span<byte> found = stackalloc byte[SHA256.HashSizeInBytes], wanted = stackalloc byte[SHA256.HashSizeInBytes];
        stream.ReadExactly(wanted);
        hash.GetHashAndReset(found);
        if (!found.SequenceEqual(wanted))
            throw new InvalidDataException("its content does not fit its checksum");
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => stream.Dispose();
}
