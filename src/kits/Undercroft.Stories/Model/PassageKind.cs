using System.Text.Json.Serialization;

namespace Undercroft.Stories;

/// <summary>What a <see cref="Passage"/> is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PassageKind>))]
public enum PassageKind
{
    /// <summary>Text that a player can reach or that the story format uses.</summary>
    [JsonStringEnumMemberName("passage")]
    Passage = 0,

    /// <summary>JavaScript that runs when the story starts.</summary>
    [JsonStringEnumMemberName("script")]
    Script,

    /// <summary>CSS that applies to the whole story.</summary>
    [JsonStringEnumMemberName("stylesheet")]
    Stylesheet,
}
