using System.Security.Cryptography;

namespace Undercroft.Stories;

/// <summary>The files of a conversion.</summary>
internal static class BatchFiles
{
    private static readonly string[] Endings =
        [".html", ".htm", ".twee", ".tw", ".tw3", ".txt", ".json", ".whisker"];

    private static readonly string[] Promises = [".twee", ".tw", ".tw3", ".whisker"];

    // Links are not followed: they could lead in a circle, or out of the folder.
    public static readonly EnumerationOptions Walk = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = false,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
    };

    /// <summary>The files that may hold stories, within the folder, in order.</summary>
    public static IReadOnlyList<string> Find(string source, string target) =>
    [
        .. Directory.EnumerateFiles(source, "*", Walk)
            .Where(file => Endings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Where(file => !BatchReport.Is(file))
            .Where(file => !IsWithin(file, target))
            .Select(file => Path.GetRelativePath(source, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Whether a file's name says that it is a story.</summary>
    public static bool PromisesStory(string file) =>
        Promises.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a path lies in a folder.</summary>
    public static bool IsWithin(string path, string folder) =>
        path.StartsWith(
            Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The hash of a result; null where it is not there, or lies elsewhere: its name may come from a report,
    /// and a report from anybody.</summary>
    public static async Task<string?> HashOfAsync(string target, string name, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(Path.Combine(target, name));
        return !IsWithin(path, target) || !File.Exists(path)
            ? null
            : Hash(await ReadAsync(path, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The SHA-256 of bytes, in lower-case hexadecimal.</summary>
    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Reads a file. One of no length is not opened: it may be a pipe, and nobody may write to that.</summary>
    public static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken) =>
        new FileInfo(path).Length == 0
            ? []
            : await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
}
