namespace Undercroft.Files.Disk;

/// <summary>An open file.</summary>
internal interface IDiskFile : IDisposable
{
    /// <summary>How many bytes it has.</summary>
    long Length { get; }

    /// <summary>Reads from a place on until the buffer is full or the file ends.</summary>
    /// <returns>How many bytes were read.</returns>
    int Read(Span<byte> buffer, long offset);

    /// <summary>Writes all bytes at a place.</summary>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Cuts the file off.</summary>
    void Truncate(long length);

    /// <summary>Returns when the bytes are on the disk, and the length with them.</summary>
    void Sync();

    /// <summary>Gives the file, once it is written, a time just before the one the system gave it: so the next write
    /// of anybody changes the time, however soon it comes and however coarse the system's clock is.</summary>
    /// <returns>The time, in ticks of UTC; <see cref="FileStamp.UnknownTime"/> where the file system cannot keep such a
    /// time.</returns>
    long Settle();
}
