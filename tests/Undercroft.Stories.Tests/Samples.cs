namespace Undercroft.Stories.Tests;

/// <summary>The stories of the repository.</summary>
internal static class Samples
{
    public static IReadOnlyList<string> Files() =>
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "samples", "stories")).Order(StringComparer.Ordinal)];
}
