using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Architecture.Tests;

public sealed partial class HouseTests
{
    private const int RootEntriesMax = 24;

    [Fact]
    public void The_root_holds_at_most_24_entries() =>
        Assert.True(House.RootEntries.Count <= RootEntriesMax, string.Join(' ', House.RootEntries));

    [Fact]
    public void The_solution_lists_every_project_and_nothing_else()
    {
        var listed = XDocument.Load(Path.Combine(House.Root, "Undercroft.slnx"))
            .Descendants("Project")
            .Select(project => project.Attribute("Path")!.Value)
            .Order(StringComparer.Ordinal);

        // The third-party sample stands for somebody else's repository: it takes packages, not projects.
        var expected = House.Projects.Where(path => !path.StartsWith("samples/third-party", StringComparison.Ordinal));
        Assert.Equal(expected, listed);
    }

    [Fact]
    public void Every_library_describes_itself() => Findings.AssertNone(
        from project in House.Libraries
        where string.IsNullOrWhiteSpace(Load(project).Descendants("Description").FirstOrDefault()?.Value)
        select $"{project}: has no <Description>.");

    [Fact]
    public void Every_package_carries_its_licence()
    {
        var licence = Load("Directory.Build.props").Descendants("PackageLicenseExpression").Single().Value;

        Assert.Equal("MIT", licence);
        Findings.AssertNone(
            from project in House.Libraries
            where Load(project).Descendants("PackageLicenseExpression").Any()
            select $"{project}: has a licence of its own.");
        Assert.StartsWith("MIT License", House.Read("LICENSE"), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_version_of_a_package_is_exact_and_in_one_place() => Findings.AssertNone(
        (from project in House.Projects
         where !project.StartsWith("samples/third-party", StringComparison.Ordinal)
         from reference in Load(project).Descendants("PackageReference")
         where reference.Attribute("Version") is not null || reference.Attribute("VersionOverride") is not null
         select $"{project}: gives {reference.Attribute("Include")?.Value} a version.")
        .Concat(
            from version in Load("Directory.Packages.props").Descendants("PackageVersion")
            where !Exact().IsMatch(version.Attribute("Version")!.Value)
            select $"Directory.Packages.props: {version.Attribute("Include")!.Value} has no exact version."));

    [Fact]
    public void Every_project_of_tests_is_named_after_what_it_tests_and_ends_in_Tests() => Findings.AssertNone(
        from project in House.FilesOf("tests/")
        where project.EndsWith(".csproj", StringComparison.Ordinal)
        let text = House.Read(project)

        // What only extends xunit is a library for tests.
        where text.Contains("xunit", StringComparison.Ordinal)
            && !text.Contains("xunit.v3.extensibility.core", StringComparison.Ordinal)
            && !IsTests(project)
        select $"{project}: is not named *.Tests, so ./test would not run it.");

    [Fact]
    public void The_README_has_two_commands_the_main_job_first()
    {
        var commands = Shell().Matches(House.Read("README.md")).Select(match => match.Groups["body"].Value).ToList();

        Assert.Equal(2, commands.Count);
        Assert.All(commands, command => Assert.Single(command.TrimEnd('\n').Split('\n')));
        Assert.StartsWith("./undercroft ", commands[0], StringComparison.Ordinal);
        Assert.Equal("./test\n", commands[1]);
    }

    [Fact]
    public void CI_runs_the_command_that_the_README_names() =>
        Assert.EndsWith("exec ./test \"$@\"\n", House.Read(".ci/run"), StringComparison.Ordinal);

    private static bool IsTests(string project) => project.EndsWith(".Tests.csproj", StringComparison.Ordinal);

    private static XDocument Load(string path) => XDocument.Load(Path.Combine(House.Root, path));

    [GeneratedRegex(@"^\d+\.\d+\.\d+$")]
    private static partial Regex Exact();

    [GeneratedRegex(@"^```sh\n(?<body>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Shell();
}
