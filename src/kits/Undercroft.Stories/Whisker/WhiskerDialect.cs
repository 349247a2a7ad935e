using System.Text.Json.Serialization;

namespace Undercroft.Stories;

/// <summary>The dialects in which whisker's JSON is written.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WhiskerDialect>))]
public enum WhiskerDialect
{
    /// <summary>The one the story was read from, untouched parts as they were; <see cref="Compact20"/> for a story from
    /// elsewhere.</summary>
    [JsonStringEnumMemberName("source")]
    Source = 0,

    /// <summary>Without a version: passages by id, <c>content</c>, <c>target_passage</c>, <c>start_passage</c>,
    /// variables with plain values.</summary>
    [JsonStringEnumMemberName("0.9")]
    Version09,

    /// <summary>Version 1.0: <c>content</c> and <c>text</c>, <c>title</c> and <c>name</c>, <c>target_passage</c>,
    /// variables with plain values.</summary>
    [JsonStringEnumMemberName("1.0")]
    Version10,

    /// <summary>Version 2.0, compact: <c>text</c>, <c>target</c>, a list of variables; what is empty is left out.
    /// </summary>
    [JsonStringEnumMemberName("compact2.0")]
    Compact20,

    /// <summary>Version 2.0 with typed variables: ids, <c>content</c>, <c>target_passage</c>.</summary>
    [JsonStringEnumMemberName("typed2.0")]
    Typed20,

    /// <summary>Version 2.1: as <see cref="Typed20"/>, with room for an editor's data.</summary>
    [JsonStringEnumMemberName("2.1")]
    Version21,
}
