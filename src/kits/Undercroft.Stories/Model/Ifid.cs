using System.Buffers;
using System.Text.Json.Serialization;

namespace Undercroft.Stories;

/// <summary>An Interactive Fiction IDentifier, kept exactly as the source wrote it.</summary>
/// <param name="Raw">The text as written.</param>
public sealed record Ifid(string Raw)
{
    private const int LengthMin = 8;
    private const int LengthMax = 63;
    private static readonly SearchValues<char> Allowed = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-");

    /// <summary>Whether it is an IFID by the Treaty of Babel: 8 to 63 digits, capital letters and hyphens.</summary>
    [JsonIgnore]
    public bool IsValid => Raw.Length is >= LengthMin and <= LengthMax && !Raw.AsSpan().ContainsAnyExcept(Allowed);
}
