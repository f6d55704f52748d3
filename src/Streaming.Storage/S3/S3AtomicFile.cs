namespace Streaming.Storage.S3;

/// <summary>
/// An object that is there only when it is whole: a small one is put at once, a larger one uploaded in parts, which S3 puts together at the
/// end. The next part is filled while one is on its way.
/// </summary>
sealed class S3AtomicFile : AtomicFile
{
    readonly S3Upload upload;
    readonly PartStream stream;
    bool committed;

    /// <summary>Starts to write; nothing is sent before there is a part.</summary>
    public S3AtomicFile(S3Client client, S3Address address)
    {
        if (address.Key.Length == 0 || address.Key.EndsWith('/'))
            throw new IOException($"Wanted a file to write at '{address}', found the name of a folder.");

        upload = new S3Upload(client, address);
        stream = new PartStream(upload);
    }

    /// <inheritdoc/>
    public override Stream Stream => stream;

    /// <summary>Finds out whether writing is allowed; leaves nothing behind.</summary>
    public void CheckWritable() => upload.BeginAsync().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override void Commit()
    {
        stream.Complete();
        committed = true;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!committed)
            stream.Abandon();
    }

    /// <summary>Cuts what is written into parts.</summary>
    sealed class PartStream(S3Upload upload) : Stream
    {
        // At most 10,000 parts make an object: 80 GB.
        const int PartBytes = 8 * 1024 * 1024;

        MemoryStream filling = new();
        MemoryStream? sending;
        Task sent = Task.CompletedTask;
        long before;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Position;

        public override long Position
        {
            get => before + filling.Position;
            set => throw new NotSupportedException("What is uploaded is written from its start to its end.");
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            while (!buffer.IsEmpty)
            {
                int count = (int)Math.Min(buffer.Length, PartBytes - filling.Position);
                filling.Write(buffer[..count]);
                buffer = buffer[count..];
                if (filling.Position == PartBytes)
                    Send();
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("What is uploaded can't be read.");

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("What is uploaded is written from its start to its end.");

        public override void SetLength(long value) => throw new NotSupportedException("What is uploaded is written from its start to its end.");

        public void Complete()
        {
            sent.GetAwaiter().GetResult();
            upload.CompleteAsync(filling, before + filling.Position).GetAwaiter().GetResult();
        }

        public void Abandon()
        {
            // The part on its way must have ended, else it would come after the end of its upload. Whether it came does not matter any more.
            sent.ContinueWith(_ => { }, TaskScheduler.Default).GetAwaiter().GetResult();
            upload.AbortAsync().GetAwaiter().GetResult();
        }

        void Send()
        {
            sent.GetAwaiter().GetResult();
            MemoryStream part = filling;
            filling = sending ?? new MemoryStream(PartBytes);
            filling.SetLength(0);
            sending = part;
            before += PartBytes;
            sent = upload.AddAsync(part);
        }
    }
}
