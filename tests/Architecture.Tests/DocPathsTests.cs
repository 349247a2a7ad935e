namespace Architecture.Tests;

public sealed class DocPathsTests
{
    private static readonly string[] TextEndings =
    [
        ".cs", ".csproj", ".json", ".md", ".props", ".slnx", ".targets", ".txt", ".yml", "/run", "/test", "/undercroft",
    ];

    private static IEnumerable<string> Documents =>
        House.Files.Where(path => path.EndsWith(".md", StringComparison.Ordinal));

    private static IEnumerable<string> Texts =>
        House.Files.Where(path => TextEndings.Any(end => ('/' + path).EndsWith(end, StringComparison.Ordinal)));

    [Fact]
    public void Every_link_in_a_document_leads_somewhere() =>
        Findings.AssertNone(Documents.SelectMany(path => DocPaths.BrokenLinks(path, House.Read(path), Read)));

    [Fact]
    public void Every_path_that_a_document_names_exists() =>
        Findings.AssertNone(Documents.SelectMany(path => DocPaths.BrokenCodePaths(path, House.Read(path), Read)));

    [Fact]
    public void Every_document_that_a_source_names_exists() => Findings.AssertNone(
        from path in Texts
        where !path.StartsWith("tests/Architecture.Tests/", StringComparison.Ordinal)
        from problem in DocPaths.BrokenMentions(path, House.Read(path), Read)
        select problem);

    [Fact]
    public void Nothing_names_a_path_of_one_machine() =>
        Findings.AssertNone(Texts.SelectMany(path => DocPaths.MachinePaths(path, House.Read(path))));

    [Fact]
    public void Every_page_of_the_documentation_is_linked_from_another()
    {
        var linked = Documents
            .SelectMany(path => DocPaths.Links(path, House.Read(path)).Where(target => target != path))
            .ToHashSet(StringComparer.Ordinal);

        Findings.AssertNone(
            from path in Documents
            where path.StartsWith("docs/", StringComparison.Ordinal) && !linked.Contains(path)
            select $"{path}: no page links to it.");
    }

    [Theory]
    [InlineData("[a](b.md) [c](other.md#two-words) [d](#here)\n# Here", 0)]
    [InlineData("[a](../README.md) [a](https://example.org/x.md) `[x](gone.md)`", 0)]
    [InlineData("```\n[x](gone.md)\n```", 0)]
    [InlineData("[a](gone.md)", 1)]
    [InlineData("[a](other.md#three-words)", 1)]
    [InlineData("[a](#nowhere)", 1)]
    public void A_broken_link_is_found(string text, int expected) =>
        Assert.Equal(expected, DocPaths.BrokenLinks("docs/a.md", text, Fake).Count());

    [Theory]
    [InlineData("See `docs/b.md`, `src/<layer>/x` and `docs`.", 0)]
    [InlineData("See `docs/gone.md`.", 1)]
    public void A_broken_path_in_a_code_span_is_found(string text, int expected) =>
        Assert.Equal(expected, DocPaths.BrokenCodePaths("docs/a.md", text, Fake).Count());

    [Theory]
    [InlineData("// docs/b.md says why", 0)]
    [InlineData("// docs/gone.md says why", 1)]
    public void A_broken_mention_is_found(string text, int expected) =>
        Assert.Equal(expected, DocPaths.BrokenMentions("src/a.cs", text, Fake).Count());

    [Theory]
    [InlineData("/usr/share ./tmp/x ~/work/ framework/home/", 0)]
    [InlineData("see /wo" + "rk/main", 1)]
    [InlineData("\"/ho" + "me/me/x\"", 1)]
    [InlineData(@"C:\Us" + @"ers\me", 1)]
    public void A_path_of_one_machine_is_found(string text, int expected) =>
        Assert.Equal(expected, DocPaths.MachinePaths("docs/a.md", text).Count());

    private static string? Read(string path) => !House.Has(path)
        ? null
        : File.Exists(Path.Combine(House.Root, path)) ? House.Read(path) : "";

    private static string? Fake(string path) => path switch
    {
        "docs/b.md" or "README.md" => "",
        "docs/other.md" => "## Two words\n",
        _ => null,
    };
}
