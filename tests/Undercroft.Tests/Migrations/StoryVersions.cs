using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Undercroft.Migrations;

namespace Undercroft.Tests.Migrations;

internal sealed record Passage(string Id, string Text);

internal sealed record Variable(string Type, JsonNode? Default);

internal sealed record Story(
    string Title, IReadOnlyList<Passage> Passages, IReadOnlyDictionary<string, Variable> Variables, int Opened = 0);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Story))]
internal sealed partial class StoryJson : JsonSerializerContext;

/// <summary>The versions stories have had: 0.9 has texts, 1.0 has passages with ids, 2.0 has variables with types.
/// </summary>
internal static class StoryVersions
{
    public static MigrationChain Old { get; } = new("0.9");

    public static MigrationChain One { get; } = Old.Step("0.9", "1.0", ToPassages, ToTexts);

    public static MigrationChain Two { get; } = One.Step("1.0", "2.0", ToTyped, ToUntyped);

    public static CollectionDefinition<Story> Unversioned { get; } = new("stories", StoryJson.Default.Story);

    public static CollectionDefinition<Story> Stories { get; } = Unversioned.WithMigrations(Two);

    public static CollectionDefinition<RawJson> Raw { get; } = new("stories", RawJson.Codec);

    /// <summary>Writes stories of version 0.9, as a program did before there were versions.</summary>
    public static async Task WriteOldAsync(Undercroft.Storage storage, int count, CancellationToken cancellationToken)
    {
        var repository = storage.Repository(Raw);
        for (var i = 0; i < count; i++)
        {
            await repository.CreateAsync(
                Id(i), Old09(i), new WriteOptions { Tags = [$"t{i % 3}"] }, cancellationToken: cancellationToken);
        }
    }

    public static string Id(int i) => $"s{i:d5}";

    public static RawJson Old09(int i) => RawJson.FromText(
        $$"""
        { "name": "Story {{i}} – Ü", "texts": ["Once {{i}}", "End"], "variables": {"gold": {{i}}, "hero": "Ann"} }
        """);

    public static JsonObject Parse(RawJson json) =>
        (JsonObject)JsonNode.Parse(Encoding.UTF8.GetString(json.Bytes.Span))!;

    private static JsonObject ToPassages(JsonObject story)
    {
        var passages = new JsonArray();
        foreach (var text in story["texts"]!.AsArray())
        {
            passages.Add(new JsonObject { ["id"] = $"p{passages.Count}", ["text"] = text!.GetValue<string>() });
        }

        story["passages"] = passages;
        story["title"] = story["name"]!.GetValue<string>();
        story.Remove("texts");
        story.Remove("name");
        return story;
    }

    private static JsonObject ToTexts(JsonObject story)
    {
        story["texts"] = new JsonArray(
            [.. story["passages"]!.AsArray().Select(static passage => passage!["text"]!.DeepClone())]);
        story["name"] = story["title"]!.GetValue<string>();
        story.Remove("passages");
        story.Remove("title");
        return story;
    }

    private static JsonObject ToTyped(JsonObject story)
    {
        var typed = new JsonObject();
        foreach (var (name, value) in story["variables"]!.AsObject())
        {
            typed[name] = new JsonObject
            {
                ["type"] = value!.GetValueKind().ToString().ToLowerInvariant(), ["default"] = value.DeepClone(),
            };
        }

        story["variables"] = typed;
        return story;
    }

    private static JsonObject ToUntyped(JsonObject story)
    {
        var untyped = new JsonObject();
        foreach (var (name, variable) in story["variables"]!.AsObject())
        {
            untyped[name] = variable!["default"]?.DeepClone();
        }

        story["variables"] = untyped;
        return story;
    }
}
