using System.Text.Json.Serialization;

namespace Undercroft.Hosting.Tests;

internal sealed record Note(string Text);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Note))]
internal sealed partial class NoteJson : JsonSerializerContext;

internal static class Notes
{
    public static CollectionDefinition<Note> Inbox { get; } =
        new CollectionDefinition<Note>("inbox", NoteJson.Default.Note).WithUnique("byText", "text");

    public static CollectionDefinition<Note> Archive { get; } = new("archive", NoteJson.Default.Note);
}
