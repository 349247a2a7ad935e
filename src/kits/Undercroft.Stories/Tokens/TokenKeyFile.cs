using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace Undercroft.Stories;

/// <summary>The file a key is in, and what it must be.</summary>
internal static class TokenKeyFile
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int LinksMax = 40;

    /// <summary>Refuses a file that a copy of the store would take with it.</summary>
    public static void CheckPlace(string path, string? store)
    {
        if (store is null)
        {
            return;
        }

        var folder = Path.GetDirectoryName(Resolve(path))!;
        var place = Resolve(Path.GetFullPath(store));
        var isIn = Directory.Exists(place)
            ? IsIn(folder, place)
            : folder == Path.GetDirectoryName(place);
        if (isIn)
        {
            throw Refuse(path, $"is in the folder of the store {Names.Show(store)}, so that a copy of the store would "
                + "bring its key along. Choose a place outside of it, such as a folder for secrets.");
        }
    }

    /// <summary>Makes a file with a new key, whole and readable to nobody else from its first moment.</summary>
    public static void MakeIfMissing(string path)
    {
        if (File.Exists(path))
        {
            return;
        }

        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var unique = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var draft = $"{path}.{unique}";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = Private;
            }

            using (var file = new FileStream(draft, options))
            {
                file.Write(RandomNumberGenerator.GetBytes(StoryTokenKey.Length));
                file.Flush(flushToDisk: true);
            }

            // Of several that make it at once, one wins, and the others read its key.
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Somebody else was faster.
        }
        finally
        {
            File.Delete(draft);
        }
    }

    public static byte[] Read(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            CheckRights(path);
        }

        var length = new FileInfo(Resolve(path)).Length;
        return length == StoryTokenKey.Length
            ? File.ReadAllBytes(path)
            : throw Refuse(path, $"has {length} bytes; a key has {StoryTokenKey.Length}. Put the right file there, or "
                + "delete it to begin with a new key and no tokens.");
    }

    [UnsupportedOSPlatform("windows")]
    private static void CheckRights(string path)
    {
        var mode = File.GetUnixFileMode(path);
        if ((mode & ~Private) != 0 || (mode & UnixFileMode.UserRead) == 0)
        {
            throw Refuse(path, $"has the mode {Octal(mode)}, expected 600: only its owner may have any right to it. "
                + $"Run chmod 600 {Names.Show(path)}, and take the key for known if others could read it.");
        }

        try
        {
            // Only its owner may set a file's mode: that tells whose it is.
            File.SetUnixFileMode(path, mode);
        }
        catch (UnauthorizedAccessException)
        {
            throw Refuse(path, "belongs to another user. Run chown and chmod 600 on it, or choose another file.");
        }
    }

    private static bool IsIn(string folder, string place) =>
        folder == place || folder.StartsWith(
            place.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    // Follows every link on the way: a link may lead from outside into the store.
    private static string Resolve(string path)
    {
        var resolved = Path.GetPathRoot(path)!;
        var parts = new Stack<string>(path[resolved.Length..].Split(Path.DirectorySeparatorChar).Reverse());
        for (var links = 0; parts.TryPop(out var part);)
        {
            if (part is "" or ".")
            {
                continue;
            }

            var next = part == ".." ? Path.GetDirectoryName(resolved) ?? resolved : Path.Combine(resolved, part);
            if (links < LinksMax && new FileInfo(next).LinkTarget is { } target)
            {
                links++;
                next = Path.IsPathRooted(target) ? Path.GetPathRoot(target)! : resolved;
                foreach (var step in target[(Path.IsPathRooted(target) ? next.Length : 0)..]
                    .Split(Path.DirectorySeparatorChar).Reverse())
                {
                    parts.Push(step);
                }
            }

            resolved = next;
        }

        return resolved;
    }

    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8);

    private static StoreException Refuse(string path, string why) =>
        new(StoreErrorKind.Unavailable, $"The key file {Names.Show(path)} {why}");
}
