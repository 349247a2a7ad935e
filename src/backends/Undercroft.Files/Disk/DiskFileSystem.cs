using System.IO.Enumeration;

namespace Undercroft.Files.Disk;

/// <summary>The real file system.</summary>
internal sealed class DiskFileSystem : IFileSystem
{
    private const string BootIdPath = "/proc/sys/kernel/random/boot_id";

    private static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = 0,
        IgnoreInaccessible = false,
        ReturnSpecialDirectories = false,
    };

    private DiskFileSystem() => BootId = ReadBootId();

    public static DiskFileSystem Instance { get; } = new();

    public Guid BootId { get; }

    public bool CanSyncAll => OperatingSystem.IsLinux();

    public FileStamp? Stat(string path)
    {
        var file = new FileInfo(path);
        if (file.Exists)
        {
            return new FileStamp(file.Length, file.LastWriteTimeUtc.Ticks, KindOf(file.Attributes));
        }

        return Directory.Exists(path) ? new FileStamp(0, 0, FileKind.Directory) : null;
    }

    public IReadOnlyList<FileItem> List(string directory)
    {
        try
        {
            return [.. new FileSystemEnumerable<FileItem>(
                directory, static (ref entry) => ItemOf(ref entry), Everything)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    public IDiskFile Open(string path, OpenKind kind)
    {
        const FileShare all = FileShare.ReadWrite | FileShare.Delete;
        return new DiskFile(kind switch
        {
            OpenKind.Read => File.OpenHandle(path, FileMode.Open, FileAccess.Read, all),
            OpenKind.Change => File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, all),
            _ => File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, all),
        });
    }

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

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
        try
        {
            // .NET turns FileShare.None into flock(LOCK_EX | LOCK_NB) on Unix and into an exclusive open on Windows.
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    private static FileItem ItemOf(ref FileSystemEntry entry)
    {
        var kind = KindOf(entry.Attributes);
        return new FileItem(
            entry.FileName.ToString(),
            kind == FileKind.File
                ? new FileStamp(entry.Length, entry.LastWriteTimeUtc.Ticks)
                : new FileStamp(0, 0, kind));
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
