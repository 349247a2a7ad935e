namespace Undercroft.Stories.Tests;

/// <summary>Real story files, where they are at hand. They are no part of the repository.</summary>
internal static class Corpus
{
    private static readonly string Root = Find();

    /// <summary>All files of a folder below <c>stories</c>; skips the test where the data is absent.</summary>
    public static IReadOnlyList<string> Files(string folder, string pattern)
    {
        var path = Path.Combine(Root, "stories", folder);
        Assert.SkipUnless(
            Directory.Exists(path), $"No data at '{path}'; set UNDERCROFT_DATA to the folder that holds 'stories'.");
        return [.. Directory.EnumerateFiles(path, pattern).Order(StringComparer.Ordinal)];
    }

    /// <summary>The pages of the cookbook that Twine 2 made.</summary>
    public static IReadOnlyList<string> Twine2() =>
    [
        .. Files("twine-cookbook", "*.html")
            .Where(file => File.ReadAllText(file).Contains("<tw-storydata", StringComparison.Ordinal)),
    ];

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("UNDERCROFT_DATA") is { Length: > 0 } given)
        {
            return given;
        }

        return Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "data"));
    }
}
