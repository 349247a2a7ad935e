using System.Text.Json.Serialization;

namespace Undercroft.Stories;

/// <summary>What a <see cref="SourcePart"/> is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SourcePartRole>))]
public enum SourcePartRole
{
    /// <summary>Kept as it is, without a place in the model.</summary>
    [JsonStringEnumMemberName("opaque")]
    Opaque = 0,

    /// <summary>Twee's <c>StoryTitle</c>.</summary>
    [JsonStringEnumMemberName("title")]
    Title,

    /// <summary>Twee's <c>StoryData</c>.</summary>
    [JsonStringEnumMemberName("data")]
    Data,

    /// <summary>A <c>tw-tag</c> element of Twine HTML.</summary>
    [JsonStringEnumMemberName("tagColor")]
    TagColor,

    /// <summary>An empty script or stylesheet element of Twine HTML.</summary>
    [JsonStringEnumMemberName("empty")]
    Empty,
}
