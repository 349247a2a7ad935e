using System.Text.Json.Serialization;

namespace Undercroft.Stories;

/// <summary>What became of one thing in a conversion.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConversionOutcome>))]
public enum ConversionOutcome
{
    /// <summary>Kept as it was.</summary>
    [JsonStringEnumMemberName("preserved")]
    Preserved = 0,

    /// <summary>Written anew from the model, with nothing lost.</summary>
    [JsonStringEnumMemberName("regenerated")]
    Regenerated,

    /// <summary>Kept in another form or place.</summary>
    [JsonStringEnumMemberName("transformed")]
    Transformed,

    /// <summary>Replaced by something close to it.</summary>
    [JsonStringEnumMemberName("approximated")]
    Approximated,

    /// <summary>Not understood, and kept whole.</summary>
    [JsonStringEnumMemberName("keptOpaque")]
    KeptOpaque,

    /// <summary>Lost.</summary>
    [JsonStringEnumMemberName("dropped")]
    Dropped,

    /// <summary>Added because the target needs it.</summary>
    [JsonStringEnumMemberName("invented")]
    Invented,
}
