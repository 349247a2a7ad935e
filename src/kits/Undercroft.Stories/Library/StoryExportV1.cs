using System.Text.Json;

namespace Undercroft.Stories;

/// <summary>A story as it is exported with what the library knows of it.</summary>
/// <param name="Format">Says what this is; it comes first.</param>
/// <param name="Tags">The library's tags.</param>
/// <param name="CreatedAt">When the story was first saved there.</param>
/// <param name="UpdatedAt">When it was last changed there.</param>
/// <param name="Story">The story.</param>
internal sealed record StoryExportV1(
    string Format, IReadOnlyList<string> Tags, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, Story Story)
{
    public const string FormatName = StoryFormats.Export;

    public static byte[] Write(StoredStory stored) => JsonSerializer.SerializeToUtf8Bytes(
        new StoryExportV1(FormatName, stored.Tags, stored.CreatedAt, stored.UpdatedAt, stored.Story),
        StoryJsonForm.Context.StoryExportV1);

    /// <summary>Tells whether a file is an export: its first member says so.</summary>
    public static bool Is(ReadOnlySpan<byte> file)
    {
        var reader = new Utf8JsonReader(file.StartsWith("\uFEFF"u8) ? file[3..] : file);
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject
                && reader.Read() && reader.TokenType == JsonTokenType.PropertyName
                && reader.ValueTextEquals("format"u8)
                && reader.Read() && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(FormatName);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <exception cref="StoryFormatException">It is not what an export holds.</exception>
    public static StoryExportV1 Read(ReadOnlySpan<byte> file, string? fileName)
    {
        try
        {
            return JsonSerializer.Deserialize(
                file.StartsWith("\uFEFF"u8) ? file[3..] : file, StoryJsonForm.Context.StoryExportV1)!;
        }
        catch (JsonException error)
        {
            throw new StoryFormatException(
                $"Cannot read the exported story: at '{error.Path}' it is not what an export holds. Export it again.",
                fileName,
                (int)(error.LineNumber ?? 0) + 1);
        }
    }
}
