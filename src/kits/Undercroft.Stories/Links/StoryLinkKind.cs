using System.Text.Json.Serialization;

namespace Undercroft.Stories;

/// <summary>What following a <see cref="StoryLink"/> does.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StoryLinkKind>))]
public enum StoryLinkKind
{
    /// <summary>The player may choose to go there.</summary>
    [JsonStringEnumMemberName("link")]
    Link = 0,

    /// <summary>The story goes there by itself.</summary>
    [JsonStringEnumMemberName("jump")]
    Jump,

    /// <summary>The passage's text is shown within this one.</summary>
    [JsonStringEnumMemberName("include")]
    Include,

    /// <summary>The player may go back to where they came from, or to the beginning; there is no target.</summary>
    [JsonStringEnumMemberName("back")]
    Back,
}
