using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Undercroft.Stories;

/// <summary>The JSON form of a story. <see cref="Story.Schema"/> is its version; a golden file pins it.</summary>
public static class StoryJson
{
    /// <summary>How a whole story is written: camel case, members that are null left out.</summary>
    public static JsonTypeInfo<Story> Story => StoryJsonForm.Context.Story;

    /// <summary>How one passage is written.</summary>
    public static JsonTypeInfo<Passage> Passage => StoryJsonForm.Context.Passage;

    /// <summary>How a report is written.</summary>
    public static JsonTypeInfo<ConversionReport> Report => StoryJsonForm.Context.ConversionReport;

    /// <summary>Writes a story as UTF-8 JSON.</summary>
    public static byte[] Write(Story story) => JsonSerializer.SerializeToUtf8Bytes(story, Story);

    /// <summary>Reads a story from UTF-8 JSON.</summary>
    /// <exception cref="StoryFormatException">It is not a story, or of a newer version than this library
    /// knows.</exception>
    public static Story Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var story = JsonSerializer.Deserialize(json, Story);
            return story switch
            {
                null => throw Refuse("found null", 1),
                { Schema: not Stories.Story.SchemaCurrent } => throw Refuse(
                    $"found schema {story.Schema}, expected {Stories.Story.SchemaCurrent}; update Undercroft", 1),
                _ => story,
            };
        }
        catch (JsonException error)
        {
            throw Refuse($"at '{error.Path}' it is not what a story holds", (int)(error.LineNumber ?? 0) + 1);
        }
    }

    private static StoryFormatException Refuse(string why, int line) =>
        new($"Cannot read a story from JSON, line {line}: {why}.", file: null, line);
}
