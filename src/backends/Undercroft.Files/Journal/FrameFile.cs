using System.Buffers.Binary;
using System.Security.Cryptography;
using Undercroft.Files.Disk;

namespace Undercroft.Files.Journal;

/// <summary>A file of frames that is being appended to: a segment of the journal, or an index. Not safe for threads.
/// </summary>
internal sealed class FrameFile : IDisposable
{
    private readonly IDiskFile file;
    private readonly uint salt;
    private bool needsCut;

    private FrameFile(IDiskFile file, FrameHeader header, long length)
    {
        this.file = file;
        salt = header.Salt;
        Number = header.Number;
        Length = length;
        SyncedThrough = length;
    }

    public long Number { get; }

    /// <summary>How many bytes it has.</summary>
    public long Length { get; private set; }

    /// <summary>How many of them are known to be on the disk.</summary>
    public long SyncedThrough { get; private set; }

    public bool HasFrames => Length > FrameHeader.Size;

    /// <summary>Begins a file. When this returns its header and its name are on the disk.</summary>
    public static FrameFile Create(IFileSystem files, string path, bool isJournal, long number, Guid epoch)
    {
        var salt = BinaryPrimitives.ReadUInt32LittleEndian(RandomNumberGenerator.GetBytes(sizeof(uint)));
        var header = new FrameHeader(isJournal, number, salt, files.BootId, epoch);
        Span<byte> bytes = stackalloc byte[FrameHeader.Size];
        header.Write(bytes);
        var file = files.Open(path, OpenKind.Replace);
        try
        {
            file.Write(bytes, 0);
            file.Sync();
            files.SyncDirectory(Path.GetDirectoryName(path)!);
            return new FrameFile(file, header, FrameHeader.Size);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Goes on with a file that was read to its end.</summary>
    public static FrameFile Continue(IFileSystem files, string path, FrameHeader header, long length) =>
        new(files.Open(path, OpenKind.Change), header, length);

    /// <summary>Appends a frame, whole or not at all.</summary>
    /// <exception cref="IOException">Nothing was appended.</exception>
    public void Append(FrameBuffer buffer)
    {
        new Frame(Length, SyncedThrough, buffer.Length, buffer.Sum()).Write(buffer.Header, salt);
        if (needsCut)
        {
            file.Truncate(Length);
        }

        // What gets in of a frame that fails must not be taken for one, nor stand behind the next one.
        needsCut = true;
        var end = Length;
        for (var i = 0; i < buffer.Pieces; i++)
        {
            var piece = buffer.Piece(i);
            file.Write(piece, end);
            end += piece.Length;
        }

        needsCut = false;
        Length = end;
    }

    /// <summary>Returns when everything appended is on the disk.</summary>
    public void Sync()
    {
        if (SyncedThrough < Length)
        {
            file.Sync();
            SyncedThrough = Length;
        }
    }

    /// <summary>Ends a file that another one goes on from. When this returns it holds its frames and nothing behind
    /// them, on the disk: whatever followed would be damage once the next file has frames.</summary>
    public void End()
    {
        if (needsCut)
        {
            file.Truncate(Length);
            needsCut = false;
            file.Sync();
            SyncedThrough = Length;
        }

        Sync();
    }

    public void Dispose() => file.Dispose();
}
