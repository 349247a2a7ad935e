namespace Architecture.Tests;

/// <summary>The repository as it lies on disk, without what a build leaves in it.</summary>
internal static class House
{
    private static readonly string[] Outside =
        [".git", ".idea", ".vs", "artifacts", "bin", "BenchmarkDotNet.Artifacts", "node_modules", "obj", "TestResults"];

    // Not an initializer: other threads of a parallel query would wait for this class, and it for them.
    private static readonly Lazy<IReadOnlyList<SourceFile>> Parsed = new(() =>
    [
        .. FilesOf("src/", "tests/", "bench/", "samples/")
            .Where(path => path.EndsWith(".cs", StringComparison.Ordinal))
            .AsParallel().AsOrdered()
            .Select(path => new SourceFile(path, Read(path))),
    ]);

    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every file, relative to the root, with <c>/</c> between its parts, in ordinal order.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Walk(Root).Order(StringComparer.Ordinal)];

    /// <summary>What lies in the root itself: names of files and folders.</summary>
    public static IReadOnlyList<string> RootEntries { get; } =
        [.. Directory.EnumerateFileSystemEntries(Root).Select(Path.GetFileName).Except(Outside).Order()!];

    /// <summary>Every C# file of ours, parsed.</summary>
    public static IReadOnlyList<SourceFile> Sources => Parsed.Value;

    /// <summary>Every project file.</summary>
    public static IReadOnlyList<string> Projects { get; } =
        [.. Files.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal))];

    /// <summary>Every project under <c>src</c>.</summary>
    public static IReadOnlyList<string> Libraries { get; } =
        [.. Projects.Where(path => path.StartsWith("src/", StringComparison.Ordinal))];

    /// <summary>The files below some folders.</summary>
    public static IEnumerable<string> FilesOf(params string[] folders) =>
        Files.Where(path => folders.Any(folder => path.StartsWith(folder, StringComparison.Ordinal)));

    /// <summary>Whether a file or folder of the repository has this path.</summary>
    public static bool Has(string path) => Path.Exists(Path.Combine(Root, path));

    /// <summary>Reads a file as text.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Undercroft.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException(
            $"No folder above '{AppContext.BaseDirectory}' holds Undercroft.slnx. Run them inside the repository.");
    }

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            yield return Path.GetRelativePath(Root, file).Replace('\\', '/');
        }

        foreach (var child in Directory.EnumerateDirectories(folder))
        {
            if (!Outside.Contains(Path.GetFileName(child), StringComparer.Ordinal))
            {
                foreach (var file in Walk(child))
                {
                    yield return file;
                }
            }
        }
    }
}
