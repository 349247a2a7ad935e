using System.Text.Json.Serialization;

namespace Undercroft.Stories;

/// <summary>How much a <see cref="ConversionEntry"/> matters.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConversionSeverity>))]
public enum ConversionSeverity
{
    /// <summary>Good to know.</summary>
    [JsonStringEnumMemberName("info")]
    Info = 0,

    /// <summary>Look at it.</summary>
    [JsonStringEnumMemberName("warning")]
    Warning,

    /// <summary>Something the author wrote does not arrive.</summary>
    [JsonStringEnumMemberName("error")]
    Error,
}
