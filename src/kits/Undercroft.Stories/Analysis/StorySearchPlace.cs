using System.Text.Json.Serialization;

namespace Undercroft.Stories;

/// <summary>Where a <see cref="StorySearchHit"/> was found.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StorySearchPlace>))]
public enum StorySearchPlace
{
    /// <summary>The story's title.</summary>
    [JsonStringEnumMemberName("title")]
    Title = 0,

    /// <summary>A tag of the story.</summary>
    [JsonStringEnumMemberName("storyTag")]
    StoryTag,

    /// <summary>A passage's name.</summary>
    [JsonStringEnumMemberName("passageName")]
    PassageName,

    /// <summary>A tag of a passage.</summary>
    [JsonStringEnumMemberName("passageTag")]
    PassageTag,

    /// <summary>A passage's text.</summary>
    [JsonStringEnumMemberName("body")]
    Body,
}
