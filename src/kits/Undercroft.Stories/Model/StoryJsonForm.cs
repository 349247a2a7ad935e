using System.Text.Encodings.Web;
using System.Text.Json;

namespace Undercroft.Stories;

/// <summary>How all JSON of the kit is written: letters of every script as themselves, so that it is half the size, and
/// legible where documents are files.</summary>
internal static class StoryJsonForm
{
    public static StoryJsonContext Context { get; } = new(new JsonSerializerOptions(StoryJsonContext.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
