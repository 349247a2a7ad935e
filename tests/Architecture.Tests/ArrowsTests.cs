using System.Xml.Linq;

namespace Architecture.Tests;

public sealed class ArrowsTests
{
    private const string Core = "src/core/Undercroft/Undercroft.csproj";
    private const string Sqlite = "src/backends/Undercroft.Sqlite/Undercroft.Sqlite.csproj";
    private const string Files = "src/backends/Undercroft.Files/Undercroft.Files.csproj";
    private const string Stories = "src/kits/Undercroft.Stories/Undercroft.Stories.csproj";
    private const string Hosting = "src/hosting/Undercroft.Hosting/Undercroft.Hosting.csproj";
    private const string AspNetCore = "src/hosting/Undercroft.AspNetCore/Undercroft.AspNetCore.csproj";
    private const string Cli = "src/apps/Undercroft.Cli/Undercroft.Cli.csproj";
    private const string Conformance = "src/testing/Undercroft.Conformance/Undercroft.Conformance.csproj";

    [Fact]
    public void Every_project_points_only_where_ARCHITECTURE_says() => Findings.AssertNone(
        from project in House.Projects
        from target in References(project)
        let problem = Arrows.Judge(project, target)
        where problem is not null
        select problem);

    [Fact]
    public void Only_tests_and_benches_see_the_internals_of_a_library() => Findings.AssertNone(
        from project in House.Libraries
        from friend in XDocument.Load(Path.Combine(House.Root, project)).Descendants("InternalsVisibleTo")
        let name = friend.Attribute("Include")!.Value
        where !name.EndsWith(".Tests", StringComparison.Ordinal) && !name.EndsWith(".Bench", StringComparison.Ordinal)
        select $"{project}: shows its internals to {name}. Ours get what a caller's own get: make it public.");

    [Theory]
    [InlineData(Core, Sqlite)]
    [InlineData(Sqlite, Files)]
    [InlineData(Stories, Sqlite)]
    [InlineData(Hosting, Sqlite)]
    [InlineData(Hosting, Stories)]
    [InlineData(AspNetCore, Sqlite)]
    [InlineData(Cli, Conformance)]
    [InlineData(Sqlite, "tests/Undercroft.Tests/Undercroft.Tests.csproj")]
    [InlineData("src/attic/Undercroft.Junk/Undercroft.Junk.csproj", Core)]
    public void A_wrong_arrow_is_seen(string from, string to) => Assert.NotNull(Arrows.Judge(from, to));

    [Theory]
    [InlineData(Sqlite, Core)]
    [InlineData(Stories, Core)]
    [InlineData(AspNetCore, Hosting)]
    [InlineData(AspNetCore, Stories)]
    [InlineData(Cli, Sqlite)]
    [InlineData(Conformance, Core)]
    [InlineData("tests/Undercroft.Sqlite.Tests/Undercroft.Sqlite.Tests.csproj", Conformance)]
    public void A_right_arrow_passes(string from, string to) => Assert.Null(Arrows.Judge(from, to));

    private static IEnumerable<string> References(string project)
    {
        var folder = Path.GetDirectoryName(Path.Combine(House.Root, project))!;
        return XDocument.Load(Path.Combine(House.Root, project))
            .Descendants("ProjectReference")
            .Select(reference => Path.GetFullPath(reference.Attribute("Include")!.Value.Replace('\\', '/'), folder))
            .Select(path => Path.GetRelativePath(House.Root, path).Replace('\\', '/'));
    }
}
