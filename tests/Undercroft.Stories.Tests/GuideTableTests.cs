using System.Reflection;
using System.Text.RegularExpressions;

namespace Undercroft.Stories.Tests;

/// <summary>The table of the guide that says what became of whisker-core's methods.</summary>
public sealed partial class GuideTableTests
{
    [Fact]
    public void Every_method_of_whisker_core_has_a_row()
    {
        string[] backend =
        [
            "initialize", "save", "load", "delete", "list", "exists", "get_metadata", "update_metadata", "export",
            "import_data", "get_storage_usage", "clear",
        ];
        string[] optional =
        [
            "save_preference", "load_preference", "delete_preference", "list_preferences",
            "add_to_sync_queue", "get_sync_queue", "remove_from_sync_queue", "clear_sync_queue",
            "save_github_token", "load_github_token", "delete_github_token",
        ];
        string[] service =
        [
            "save_story", "load_story", "delete_story", "list_stories", "has_story", "get_metadata", "update_metadata",
            "export_story", "import_story", "batch_save", "batch_load", "get_statistics", "clear", "on",
        ];

        var named = Rows().SelectMany(static row => Code(row.Theirs)).ToHashSet(StringComparer.Ordinal);

        Assert.Empty(backend.Concat(optional).Concat(service).Except(named, StringComparer.Ordinal));
    }

    [Fact]
    public void Every_name_in_the_table_is_public()
    {
        var rows = Rows();

        Assert.All(rows, static row => Assert.NotEmpty(Code(row.Ours)));
        Assert.DoesNotContain(
            rows.SelectMany(static row => Code(row.Ours)), static name => name != "skip_cache" && !Exists(name));
    }

    private static bool Exists(string name)
    {
        if (Find(name) is not null)
        {
            return true;
        }

        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var type = dot < 0 ? typeof(StoryLibrary) : Find(name[..dot]);
        return type?.GetMember(
            name[(dot + 1)..], BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static).Length > 0;
    }

    private static Type? Find(string name) =>
        new[] { typeof(StoryLibrary).Assembly, typeof(Storage).Assembly }
            .SelectMany(static assembly => assembly.GetExportedTypes())
            .FirstOrDefault(type => type.Name == name);

    private static List<(string Theirs, string Ours)> Rows()
    {
        var guide = File.ReadAllText(Path.Combine(Repository.Root, "docs", "guides", "story-library.md"));
        var table = guide[guide.IndexOf("## For those who come from whisker-core", StringComparison.Ordinal)..];
        return
        [
            .. table.Split('\n')
                .Where(static line => line.StartsWith("| ", StringComparison.Ordinal))
                .Skip(1)
                .Select(static line => line.Split('|'))
                .Select(static cells => (cells[1], cells[2])),
        ];
    }

    // The name in each piece of code, without what it is given.
    private static IEnumerable<string> Code(string cell) =>
        CodeName().Matches(cell).Select(static match => match.Groups[1].Value);

    [GeneratedRegex(@"`(?:new )?([\w.]+)[^`]*`")]
    private static partial Regex CodeName();
}
