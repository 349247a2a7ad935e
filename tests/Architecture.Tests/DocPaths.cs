using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>The paths that documents and sources name. Each function says which of them lead nowhere.</summary>
internal static partial class DocPaths
{
    /// <summary>Finds relative links whose file, or whose heading, does not exist.</summary>
    /// <param name="path">The document's path.</param>
    /// <param name="text">Its text.</param>
    /// <param name="read">Reads a file of the repository; null where there is none. A folder reads as empty.</param>
    public static IEnumerable<string> BrokenLinks(string path, string text, Func<string, string?> read)
    {
        foreach (Match link in Link().Matches(WithoutCode(text)))
        {
            var target = link.Groups["target"].Value;
            if (target.Contains(':', StringComparison.Ordinal))
            {
                continue;
            }

            var (file, anchor) = target.Split('#', 2) is [var before, var after] ? (before, after) : (target, null);
            var resolved = file.Length == 0 ? path : Resolve(path, file);
            var found = file.Length == 0 ? text : read(resolved);
            if (found is null)
            {
                yield return $"{path}: the link '{target}' leads to {resolved}, which does not exist.";
            }
            else if (anchor is not null && !Headings(found).Contains(anchor))
            {
                yield return $"{path}: the link '{target}' leads to a heading that {resolved} does not have.";
            }
        }
    }

    /// <summary>Finds paths in code spans, such as <c>src/core</c>, that do not exist.</summary>
    public static IEnumerable<string> BrokenCodePaths(string path, string text, Func<string, string?> read) =>
        from Match span in CodePath().Matches(Fence().Replace(text, ""))
        let named = span.Groups["path"].Value
        where read(named) is null
        select $"{path}: names `{named}`, which does not exist.";

    /// <summary>Finds documents named by sources and scripts that do not exist.</summary>
    public static IEnumerable<string> BrokenMentions(string path, string text, Func<string, string?> read) =>
        from Match mention in Document().Matches(text)
        where read(mention.Value) is null
        select $"{path}: names {mention.Value}, which does not exist.";

    /// <summary>Finds paths that exist on somebody's machine only.</summary>
    public static IEnumerable<string> MachinePaths(string path, string text) =>
        from line in text.Split('\n').Index()
        where Machine().IsMatch(line.Item)
        select $"{path}:{line.Index + 1}: names a path of one machine: '{line.Item.Trim()}'.";

    /// <summary>The files a document links to, relative to the root.</summary>
    public static IEnumerable<string> Links(string path, string text) =>
        from Match link in Link().Matches(WithoutCode(text))
        let target = link.Groups["target"].Value.Split('#')[0]
        where target.Length > 0 && !target.Contains(':', StringComparison.Ordinal)
        select Resolve(path, target);

    /// <summary>The anchors of a document's headings, as the usual renderers make them.</summary>
    private static HashSet<string> Headings(string text) =>
    [
        .. from Match heading in Heading().Matches(Fence().Replace(text, ""))
           let words = NotInAnchors().Replace(heading.Groups["words"].Value.Trim(), "")
           select words.ToUpperInvariant().ToLowerInvariant().Replace(' ', '-'),
    ];

    private static string Resolve(string path, string target)
    {
        var folder = Path.GetDirectoryName(path)!;
        var full = Path.GetFullPath(Path.Combine(House.Root, folder, target));
        return Path.GetRelativePath(House.Root, full).Replace('\\', '/');
    }

    private static string WithoutCode(string text) => Span().Replace(Fence().Replace(text, ""), "");

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)(?:\s+""[^""]*"")?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^(?<fence>```+).*?^\k<fence>\s*$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("`[^`\n]+`")]
    private static partial Regex Span();

    [GeneratedRegex(@"`(?<path>(?:src|tests|docs|bench|samples|\.ci)/[\w./-]*)`")]
    private static partial Regex CodePath();

    [GeneratedRegex(@"\bdocs/[\w./-]+\.md\b")]
    private static partial Regex Document();

    [GeneratedRegex(@"(?<![\w.~])/(?:work|root|home|tmp|Users)/(?!undercroft)|\b[A-Z]:\\Users\\")]
    private static partial Regex Machine();

    [GeneratedRegex(@"^#{1,6} (?<words>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}
