using System.Text.Json.Serialization;

namespace Undercroft.Stories;

/// <summary>What became of one file of a <see cref="StoryBatch"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StoryBatchOutcome>))]
public enum StoryBatchOutcome
{
    /// <summary>It was converted; in a dry run it would be.</summary>
    [JsonStringEnumMemberName("converted")]
    Converted = 0,

    /// <summary>It was converted before, and neither it nor what came of it has changed.</summary>
    [JsonStringEnumMemberName("unchanged")]
    Unchanged,

    /// <summary>It is no story.</summary>
    [JsonStringEnumMemberName("passedOver")]
    PassedOver,

    /// <summary>It could not be converted.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}
