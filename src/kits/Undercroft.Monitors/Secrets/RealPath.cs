namespace Undercroft.Monitors;

/// <summary>Where a path leads once each link on the way has been followed.</summary>
internal static class RealPath
{
    // Links that lead in a circle have no end; systems give up after as many.
    private const int LinksMax = 40;

    private static readonly char[] Separators = [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar];

    /// <summary>Follows the links of a path, of its folders too. What is not there is no link.</summary>
    /// <param name="path">The path, from its root on.</param>
    /// <exception cref="IOException">The links lead in a circle, or cannot be read.</exception>
    public static string Of(string path)
    {
        var left = new Stack<string>();
        var at = Push(left, path)!;
        var links = 0;
        while (left.TryPop(out var part))
        {
            if (part is "..")
            {
                at = Path.GetDirectoryName(at) ?? at;
                continue;
            }

            var next = Path.Combine(at, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                at = next;
                continue;
            }

            if (++links > LinksMax)
            {
                throw new IOException($"More than {LinksMax} links lead on from {Names.Show(path)}.");
            }

            at = Push(left, target) ?? at;
        }

        return at;
    }

    // Gives the root of the path, where it has one.
    private static string? Push(Stack<string> left, string path)
    {
        var root = Path.GetPathRoot(path);
        var parts = path[(root?.Length ?? 0)..].Split(Separators, StringSplitOptions.RemoveEmptyEntries);
        foreach (var part in parts.Reverse())
        {
            if (part is not ".")
            {
                left.Push(part);
            }
        }

        return string.IsNullOrEmpty(root) ? null : root;
    }
}
