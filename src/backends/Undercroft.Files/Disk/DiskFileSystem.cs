using System.IO.Enumeration;

namespace Undercroft.Files.Disk;

/// <summary>The real file system.</summary>
internal sealed class DiskFileSystem : IFileSystem
{
    private const string BootIdPath = "/proc/sys/kernel/random/boot_id";

    private const FileShare Shared = FileShare.ReadWrite | FileShare.Delete;

    private static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = 0,
        IgnoreInaccessible = false,
        ReturnSpecialDirectories = false,
    };

    private const int LinuxWouldBlock = 11;
    private const int AppleWouldBlock = 35;
    private const int WindowsIsShared = unchecked((int)0x80070020);
    private const int WindowsIsLocked = unchecked((int)0x80070021);

    private readonly bool hasLinuxCalls = OperatingSystem.IsLinux() && LinuxCalls.AreThere();

    private DiskFileSystem() => BootId = ReadBootId();

    public static DiskFileSystem Instance { get; } = new();

    public Guid BootId { get; }

    public bool CanSyncAll => OperatingSystem.IsLinux();

    public FileStamp? Stat(string path, bool follows = false)
    {
        if (hasLinuxCalls)
        {
            return LinuxCalls.Stat(path, follows);
        }

        // Of what is no link .NET tells file from directory, and no more.
        var file = new FileInfo(path);
        var kind = follows && Directory.Exists(path) ? FileKind.Directory : KindOf(file.Attributes);
        return file.Exists && kind == FileKind.File ? new FileStamp(file.Length, file.LastWriteTimeUtc.Ticks)
            : file.Exists || Directory.Exists(path) ? new FileStamp(0, 0, kind)
            : null;
    }

    public IReadOnlyList<FileItem> List(string directory)
    {
        try
        {
            return
            [
                .. new FileSystemEnumerable<FileItem>(directory, (ref entry) => ItemOf(ref entry), Everything),
            ];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    public IDiskFile Open(string path, OpenKind kind)
    {
        // Opening a pipe waits for its other end, and a link leads out of the store.
        if (Stat(path) is { Kind: not FileKind.File and var found })
        {
            throw new StrangeFileException(path, "a file", found);
        }

        return new DiskFile(kind switch
        {
            OpenKind.Read => File.OpenHandle(path, FileMode.Open, FileAccess.Read, Shared),
            OpenKind.Change => File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, Shared),
            _ => File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, Shared),
        });
    }

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public bool TryRename(string from, string to)
    {
        if (hasLinuxCalls && LinuxCalls.TryRename(from, to) is { } isDone)
        {
            return isDone;
        }

        try
        {
            File.Move(from, to, overwrite: false);
            return true;
        }
        catch (IOException) when (Stat(from) is not null && Stat(to) is not null)
        {
            return false;
        }
    }

    public bool TryExchange(string one, string other) => hasLinuxCalls && LinuxCalls.TryExchange(one, other);

    public void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // What is in no directory is not there.
        }
    }

    public IDisposable? DeleteName(string path)
    {
        // Where a freed block is told to the disk, freeing one takes as long as writing dozens of files. It is freed
        // once nobody has the file open, so somebody has.
        var held = OperatingSystem.IsLinux() ? UnixCalls.TryHold(path) : null;
        try
        {
            Delete(path);
            return held;
        }
        catch
        {
            held?.Dispose();
            throw;
        }
    }

    public void CreateDirectory(string path) => Directory.CreateDirectory(path);

    public void DeleteDirectory(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    public void SyncDirectory(string path)
    {
        // Windows has no such call: its file system writes names down in order, with its own log.
        if (!OperatingSystem.IsWindows())
        {
            using var directory = UnixCalls.OpenDirectory(path);
            UnixCalls.Sync(directory, path);
        }
    }

    public void SyncAll(string directory)
    {
        using var handle = UnixCalls.OpenDirectory(directory);
        UnixCalls.SyncFileSystem(handle, directory);
    }

    public IDisposable? TryLock(string path)
    {
        if (Stat(path) is { Kind: not FileKind.File and var found })
        {
            throw new StrangeFileException(path, "a file", found);
        }

        try
        {
            // .NET turns FileShare.None into flock(LOCK_EX | LOCK_NB) on Unix and into an exclusive open on Windows.
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException error) when (
            error.HResult is LinuxWouldBlock or AppleWouldBlock or WindowsIsShared or WindowsIsLocked)
        {
            return null;
        }
    }

    private FileItem ItemOf(ref FileSystemEntry entry)
    {
        var kind = KindOf(entry.Attributes);
        if (kind != FileKind.File)
        {
            return new FileItem(entry.FileName.ToString(), new FileStamp(0, 0, kind));
        }

        // A pipe or a device looks like an empty file here.
        var stamp = entry.Length == 0 && Stat(entry.ToFullPath()) is { } exact
            ? exact
            : new FileStamp(entry.Length, entry.LastWriteTimeUtc.Ticks);
        return new FileItem(entry.FileName.ToString(), stamp);
    }

    private static FileKind KindOf(FileAttributes attributes) =>
        (attributes & (FileAttributes.ReparsePoint | FileAttributes.Device)) != 0 ? FileKind.Other
        : (attributes & FileAttributes.Directory) != 0 ? FileKind.Directory
        : FileKind.File;

    private static Guid ReadBootId() =>
        OperatingSystem.IsLinux() && File.Exists(BootIdPath) &&
        Guid.TryParse(File.ReadAllText(BootIdPath).Trim(), out var id)
            ? id
            : Guid.Empty;
}
