using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Undercroft;
using Undercroft.Migrations;

namespace Samples;

internal sealed record Passage(string Id, string Text);

internal sealed record Variable(string Type, JsonNode? Default);

// docs:type
internal sealed record Story(
    string Title, IReadOnlyList<Passage> Passages, IReadOnlyDictionary<string, Variable> Variables);

// docs:end
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Story))]
internal sealed partial class MigrationsJson : JsonSerializerContext;

/// <summary>Stories in three versions, read, rewritten and taken back:
/// <c>dotnet run --project samples/Migrations</c>.</summary>
public static class MigrationsSample
{
    // docs:chain
    private static readonly MigrationChain Versions = new MigrationChain(baseline: "0.9")
        .Step("0.9", "1.0", ToPassages, ToTexts)
        .Step("1.0", "2.0", ToTypedVariables, ToPlainVariables);

    private static readonly CollectionDefinition<Story> Stories =
        new CollectionDefinition<Story>("stories", MigrationsJson.Default.Story)
            .WithIndex("byTitle", "title")
            .WithMigrations(Versions);

    // docs:end

    // What a program wrote before there were versions, and what one sees that still knows none.
    private static readonly CollectionDefinition<RawJson> OldStories = new("stories", RawJson.Codec);
    private static readonly CollectionDefinition<Story> WithoutVersions = new("stories", MigrationsJson.Default.Story);

    /// <summary>Plays all scenes in memory.</summary>
    public static Task Main() => RunAsync(Console.Out);

    /// <summary>Plays all scenes.</summary>
    /// <param name="output">Where to write what happens.</param>
    public static async Task RunAsync(TextWriter output)
    {
        await using var storage = new Storage(new MemoryStore());
        for (var i = 1; i <= 3; i++)
        {
            var json = $$"""{"name":"Story {{i}}","texts":["Once","The end"],"variables":{"gold":{{i}} } }""";
            await storage.Repository(OldStories).CreateAsync($"s{i}", RawJson.FromText(json));
        }

        await ReadAsync(storage, output);
        await OldProgramAsync(storage, output);
        await TryAsync(storage, output);
        await MigrateAsync(storage, output);
        await TakeBackAsync(storage, output);
        await ForgetAsync(storage, output);
        await DeclaredAsync(storage, output);
    }

    private static async Task ReadAsync(Storage storage, TextWriter output)
    {
        // docs:read
        var stories = storage.Repository(Stories);
        var story = await stories.GetAsync("s1");              // stored at 0.9, read at 2.0
        var found = await stories.Query().Where(one => one.Title == "Story 2").FirstOrDefaultAsync();
        await stories.PatchAsync("s3", one => one with { Title = "Story three" });   // stores 2.0

        // docs:end
        await output.WriteLineAsync(
            $"Read: gold of s1 is a {story!.Value.Variables["gold"].Type}, and 'Story 2' is {found!.Id}.");
    }

    private static async Task OldProgramAsync(Storage storage, TextWriter output)
    {
        // docs:old
        try
        {
            await storage.Repository(WithoutVersions).GetAsync("s3");
        }
        catch (UnknownVersionException error)
        {
            await output.WriteLineAsync($"Old program: {error.Message}");
        }

        // docs:end
    }

    private static async Task TryAsync(Storage storage, TextWriter output)
    {
        // docs:dry-run
        var migrator = new Migrator(storage, "stories", Versions);
        var dry = await migrator.DryRunAsync();
        foreach (var version in dry.Plan.Versions)
        {
            await output.WriteLineAsync($"Dry run: {version.Documents} at {version.Version}, by {version.Path}");
        }

        await output.WriteLineAsync($"Dry run: {string.Join(" | ", dry.Samples[0].Differences)}");

        // docs:end
    }

    private static async Task MigrateAsync(Storage storage, TextWriter output)
    {
        // docs:run
        var migrator = new Migrator(storage, "stories", Versions, new MigratorOptions
        {
            BatchSize = 100,
            OnFailure = FailurePolicy.Continue,
        });
        var run = await migrator.RunAsync();
        await output.WriteLineAsync($"Run {run.Number}: {run.State}, {run.Rewritten} rewritten, {run.Failed} failed.");

        // docs:end
    }

    private static async Task TakeBackAsync(Storage storage, TextWriter output)
    {
        // docs:rollback
        var migrator = new Migrator(storage, "stories", Versions);
        var run = await migrator.RollbackAsync();
        await output.WriteLineAsync($"Taken back: {run.Rollback!.Restored} restored, {run.Rollback.Kept} kept.");
        foreach (var kept in run.Rollback.KeptDocuments)
        {
            await output.WriteLineAsync($"Taken back: {kept.Id} stays. {kept.Reason}");
        }

        // docs:end
    }

    private static async Task ForgetAsync(Storage storage, TextWriter output)
    {
        // docs:forget
        var migrator = new Migrator(storage, "stories", Versions);
        await migrator.RunAsync();
        await migrator.ForgetOriginalsAsync(olderThan: TimeSpan.Zero);
        foreach (var run in await migrator.HistoryAsync())
        {
            await output.WriteLineAsync($"History: run {run.Number} to {run.Target} is {run.State}.");
        }

        // docs:end
    }

    private static async Task DeclaredAsync(Storage storage, TextWriter output)
    {
        // docs:declared
        var chain = MigrationFile.Parse("""
            {
              "baseline": "2.0",
              "steps": [
                {"from": "2.0", "to": "3.0", "changes": [
                  {"rename": "title", "to": "name"},
                  {"rename": "variables.*.default", "to": "start"}
                ]}
              ]
            }
            """);
        var run = await new Migrator(storage, "stories", chain).RunAsync();

        // docs:end
        await output.WriteLineAsync($"Declared: {run.Rewritten} brought to {run.Target}.");
    }

    // docs:steps
    private static JsonObject ToPassages(JsonObject story)
    {
        var passages = new JsonArray();
        foreach (var text in story["texts"]!.AsArray())
        {
            passages.Add(new JsonObject { ["id"] = $"p{passages.Count + 1}", ["text"] = text!.DeepClone() });
        }

        story["title"] = story["name"]!.DeepClone();
        story["passages"] = passages;
        story.Remove("name");
        story.Remove("texts");
        return story;
    }

    private static JsonObject ToTypedVariables(JsonObject story)
    {
        var typed = new JsonObject();
        foreach (var (name, value) in story["variables"]!.AsObject())
        {
            var type = value!.GetValueKind().ToString().ToLowerInvariant();
            typed[name] = new JsonObject { ["type"] = type, ["default"] = value.DeepClone() };
        }

        story["variables"] = typed;
        return story;
    }

    // docs:end
    private static JsonObject ToTexts(JsonObject story)
    {
        var texts = story["passages"]!.AsArray().Select(static passage => passage!["text"]!.DeepClone());
        story["name"] = story["title"]!.DeepClone();
        story["texts"] = new JsonArray([.. texts]);
        story.Remove("title");
        story.Remove("passages");
        return story;
    }

    private static JsonObject ToPlainVariables(JsonObject story)
    {
        var plain = new JsonObject();
        foreach (var (name, variable) in story["variables"]!.AsObject())
        {
            plain[name] = variable!["default"]?.DeepClone();
        }

        story["variables"] = plain;
        return story;
    }
}
