using Undercroft.Files.Disk;

namespace Undercroft.Files.Opening;

/// <summary>Makes a folder, and those above it that are missing, so that all of them outlast a power cut.</summary>
/// <remarks>Each is on the disk before the next one is made in it. So of what a process that was killed has left at
/// most the deepest is not on the disk yet, and that one is synced by the process that finds it.</remarks>
internal static class LastingFolder
{
    public static void Make(IFileSystem files, string path)
    {
        var missing = new Stack<string>();
        var at = path;
        while (files.Stat(at, follows: true) is null && Path.GetDirectoryName(at) is { } above)
        {
            missing.Push(at);
            at = above;
        }

        SyncName(files, at, isOurs: missing.Count == 0);
        while (missing.TryPop(out var next))
        {
            files.CreateDirectory(next);
            SyncName(files, next, isOurs: true);
        }
    }

    private static void SyncName(IFileSystem files, string path, bool isOurs)
    {
        if (Path.GetDirectoryName(path) is not { } above)
        {
            return;
        }

        try
        {
            files.SyncDirectory(above);
        }
        catch (UnauthorizedAccessException) when (!isOurs)
        {
            // Somebody else's folders may be closed to us; then nobody of ours has made anything in them.
        }
    }
}
