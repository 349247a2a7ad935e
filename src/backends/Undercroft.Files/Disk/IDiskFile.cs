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

    /// <summary>When it was last written, in ticks of UTC.</summary>
    long WrittenAt();
}
