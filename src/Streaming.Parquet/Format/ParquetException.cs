namespace Streaming.Parquet;

/// <summary>
/// A Parquet file can't be read: it is broken, or it uses something legal that this library does not do
/// (<see cref="IsUnsupported"/>). The message says what was wanted, what was found, and where.
/// </summary>
public class ParquetException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ParquetException(string message, bool isUnsupported = false, Exception? inner = null)
        : base(message, inner) => IsUnsupported = isUnsupported;

    private protected ParquetException(string place, string message)
        : base($"{place}: {message}") => HasPlace = true;

    ParquetException(string place, ParquetException fault)
        : base($"{place}: {fault.Message}", fault.InnerException)
    {
        IsUnsupported = fault.IsUnsupported;
        HasPlace = true;
    }

    /// <summary>True when the file is legal but uses a feature that is not done; false when it is broken.</summary>
    public bool IsUnsupported { get; }

    /// <summary>Whether the message starts with the place of the fault: decoders do not know it, readers add it.</summary>
    internal bool HasPlace { get; }

    internal static ParquetException Unsupported(string what) => new(what, isUnsupported: true);

    internal ParquetException At(string place) => HasPlace ? this : new ParquetException(place, this);
}
