using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Undercroft.Files.Disk;

/// <summary>The few calls .NET does not offer: syncing directories, data alone, and whole file systems.</summary>
internal static partial class UnixCalls
{
    private const int Interrupted = 4;
    private const int NoRoom = 28;

    // O_PATH | O_CLOEXEC: a file is held, not opened.
    private const int Holds = 0x20_0000 | 0x8_0000;

    public static SafeFileHandle OpenDirectory(string path)
    {
        // O_RDONLY is 0 everywhere; a directory can be opened with nothing else.
        var descriptor = Retry(() => Open(path, 0));
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure("open", path);
    }

    /// <summary>Holds a file, so that it outlives its name; null where that fails.</summary>
    public static SafeFileHandle? TryHold(string path)
    {
        var descriptor = Retry(() => Open(path, Holds));
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : null;
    }

    public static void Sync(SafeFileHandle handle, string path)
    {
        if (Retry(() => FSync(handle)) != 0)
        {
            throw new SyncFailedException(Failure("fsync", path));
        }
    }

    public static void SyncData(SafeFileHandle handle)
    {
        if (Retry(() => FDataSync(handle)) != 0)
        {
            throw new SyncFailedException(Failure("fdatasync", null));
        }
    }

    public static void SyncFileSystem(SafeFileHandle handle, string path)
    {
        if (Retry(() => SyncFs(handle)) != 0)
        {
            throw new SyncFailedException(Failure("syncfs", path));
        }
    }

    private static int Retry(Func<int> call)
    {
        int result;
        do
        {
            result = call();
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Interrupted);

        return result;
    }

    private static IOException Failure(string call, string? path)
    {
        var code = Marshal.GetLastPInvokeError();
        var text = code == NoRoom ? "No space left on device" : Marshal.GetPInvokeErrorMessage(code);
        return new IOException(path is null ? $"{call}: {text}" : $"{call}: {text} : '{path}'", code);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FSync(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FDataSync(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SyncFs(SafeFileHandle handle);
}
