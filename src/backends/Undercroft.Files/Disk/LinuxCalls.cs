using System.Runtime.InteropServices;

namespace Undercroft.Files.Disk;

/// <summary>The calls of Linux that .NET has no word for: what a path leads to without following it, and renames that
/// replace nothing or swap two files.</summary>
internal static partial class LinuxCalls
{
    private const int NotAllowed = 1;
    private const int NotThere = 2;
    private const int IoError = 5;
    private const int NoAccess = 13;
    private const int AlreadyThere = 17;
    private const int NoDirectory = 20;
    private const int NoRoom = 28;
    private const int ReadOnlySystem = 30;

    private const int CurrentDirectory = -100;
    private const int DoesNotFollow = 0x100;
    private const uint BasicFacts = 0x7FF;
    private const int FactsSize = 256;
    private const uint ReplacesNothing = 1;
    private const uint Swaps = 2;

    private const int TypeBits = 0xF000;
    private const int DirectoryType = 0x4000;
    private const int FileType = 0x8000;

    /// <summary>Whether the system and its C library have <c>statx</c> and <c>renameat2</c>.</summary>
    public static bool AreThere()
    {
        try
        {
            Span<byte> facts = stackalloc byte[FactsSize];
            _ = Rename(CurrentDirectory, "", CurrentDirectory, "", ReplacesNothing);
            return Facts(CurrentDirectory, "/", DoesNotFollow, BasicFacts, ref facts[0]) == 0;
        }
        catch (Exception error) when (error is EntryPointNotFoundException or DllNotFoundException)
        {
            return false;
        }
    }

    /// <summary>What is at a path; null where nothing is.</summary>
    public static FileStamp? Stat(string path, bool follows)
    {
        // Size and time stand at the same places on every processor.
        Span<byte> facts = stackalloc byte[FactsSize];
        if (Facts(CurrentDirectory, path, follows ? 0 : DoesNotFollow, BasicFacts, ref facts[0]) != 0)
        {
            var code = Marshal.GetLastPInvokeError();
            return code is NotThere or NoDirectory ? null : throw Failure("statx", path, code);
        }

        var seconds = MemoryMarshal.Read<long>(facts[112..]);
        var nanoseconds = MemoryMarshal.Read<uint>(facts[120..]);
        return (MemoryMarshal.Read<ushort>(facts[28..]) & TypeBits) switch
        {
            FileType => new FileStamp(
                MemoryMarshal.Read<long>(facts[40..]),
                DateTime.UnixEpoch.Ticks + (seconds * TimeSpan.TicksPerSecond) + (nanoseconds / 100)),
            DirectoryType => new FileStamp(0, 0, FileKind.Directory),
            _ => new FileStamp(0, 0, FileKind.Other),
        };
    }

    /// <summary>Renames a file if nothing has the name.</summary>
    /// <returns>False where something has; null where the file system has no such call.</returns>
    public static bool? TryRename(string from, string to) =>
        Rename(CurrentDirectory, from, CurrentDirectory, to, ReplacesNothing) == 0 ? true
        : Marshal.GetLastPInvokeError() switch
        {
            AlreadyThere => false,
            NotThere when Stat(from, follows: false) is null => throw new FileNotFoundException(
                $"Could not find file '{from}'.", from),
            NotThere or NoDirectory => throw new DirectoryNotFoundException($"Could not find the folder of '{to}'."),
            var code and (NoAccess or NotAllowed or ReadOnlySystem or NoRoom or IoError) =>
                throw Failure("renameat2", to, code),
            _ => null,
        };

    /// <summary>Swaps two files in one step.</summary>
    /// <returns>False where one is missing, or where the file system has no such call.</returns>
    public static bool TryExchange(string one, string other) =>
        Rename(CurrentDirectory, one, CurrentDirectory, other, Swaps) == 0;

    private static Exception Failure(string call, string path, int code)
    {
        var text = $"{call}: {Marshal.GetPInvokeErrorMessage(code)} : '{path}'";
        return code is NoAccess or NotAllowed ? new UnauthorizedAccessException(text) : new IOException(text, code);
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Facts(int directory, string path, int flags, uint mask, ref byte facts);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Rename(int fromDirectory, string from, int toDirectory, string to, uint flags);
}
