using System.Text.RegularExpressions;
using Undercroft.Cli.Invocation;

namespace Undercroft.Cli.Tests;

/// <summary>The reference names every command and option there is, and none that there is not.</summary>
public sealed partial class DocumentationTests : CliFixture
{
    private static readonly string[] Everywhere = ["--store", "--json", "--verbose", "--help", "--version"];

    [Fact]
    public async Task The_reference_has_a_section_for_each_command_and_names_each_of_its_options()
    {
        var sections = Sections(await ReadReferenceAsync());

        var commands = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        await CollectAsync([], commands);

        Assert.Equal(commands.Keys.Order(StringComparer.Ordinal), sections.Keys.Order(StringComparer.Ordinal));
        foreach (var (command, options) in commands)
        {
            Assert.Equal(options.Order(), LongOptions(sections[command]).Order());
        }
    }

    [Fact]
    public async Task The_reference_lists_the_exit_codes()
    {
        var text = await ReadReferenceAsync();

        var listed = ExitCodeRow().Matches(text).Select(static row => int.Parse(row.Groups[1].Value, null));
        Assert.Equal(Enum.GetValues<ExitCode>().Select(static code => (int)code), listed);
    }

    [Fact]
    public async Task What_the_sample_of_servers_tells_people_to_type_runs()
    {
        const string Call = "#   ./undercroft ";
        var calls = (await ReadAsync("samples", "compose.yaml")).Split('\n')
            .Where(static line => line.StartsWith(Call, StringComparison.Ordinal))
            .ToList();

        Assert.Equal(4, calls.Count);
        foreach (var call in calls)
        {
            var words = Word().Matches(call[Call.Length..]).Select(static word => word.Value.Trim('\'')).ToArray();
            var store = Array.IndexOf(words, "--store") + 1;
            Assert.Contains(StoreUri.Parse(words[store]).Scheme, new[] { "postgres", "redis" });
            words[store] = "test:";
            _ = (await RunAsync(words)).MustSucceed();
        }
    }

    private static IEnumerable<string> LongOptions(string section) => section.Split('\n')
        .Where(static line => line.StartsWith("| `--", StringComparison.Ordinal))
        .Select(static line => Option().Match(line).Value);

    private static Dictionary<string, string> Sections(string text) => text
        .Split("\n### `undercroft ")[1..]
        .Select(static section => (Head: section.Split('`')[0], Body: section.Split("\n## ")[0]))
        .ToDictionary(
            static section => string.Join(' ', section.Head.Split(' ').TakeWhile(static word => char.IsLower(word[0]))),
            static section => section.Body,
            StringComparer.Ordinal);

    private static Task<string> ReadReferenceAsync() => ReadAsync("docs", "reference", "cli.md");

    private static async Task<string> ReadAsync(params string[] path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Undercroft.slnx")))
        {
            folder = folder.Parent;
        }

        return await File.ReadAllTextAsync(
            Path.Combine([folder.FullName, .. path]), TestContext.Current.CancellationToken);
    }

    // The help is what people see, so it is what is compared.
    private async Task CollectAsync(string[] path, Dictionary<string, HashSet<string>> commands)
    {
        var help = (await RunAsync([.. path, "--help"])).MustSucceed().Out;
        var names = help.Split("Commands:\n") is [_, var list]
            ? list.Split('\n').Where(static line => Entry().IsMatch(line))
            : [];
        var children = names.Select(static line => line.Trim().Split(' ')[0]).ToList();
        foreach (var name in children)
        {
            await CollectAsync([.. path, name], commands);
        }

        // A command that takes something itself is more than a group.
        if (children.Count == 0 || help.Contains("Arguments:\n", StringComparison.Ordinal))
        {
            commands[string.Join(' ', path)] = HelpOption().Matches(help)
                .Select(static match => match.Groups[1].Value)
                .Where(static option => !Everywhere.Contains(option))
                .ToHashSet(StringComparer.Ordinal);
        }
    }

    [GeneratedRegex(@"'[^']*'|\S+")]
    private static partial Regex Word();

    [GeneratedRegex(@"--[a-z][a-z-]+")]
    private static partial Regex Option();

    [GeneratedRegex(@"^  (?:-.*, )?(--[a-z][a-z-]+)", RegexOptions.Multiline)]
    private static partial Regex HelpOption();

    [GeneratedRegex(@"^  [a-z]")]
    private static partial Regex Entry();

    [GeneratedRegex(@"^\| (\d+) \|", RegexOptions.Multiline)]
    private static partial Regex ExitCodeRow();
}
