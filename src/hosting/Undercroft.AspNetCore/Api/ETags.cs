using System.Globalization;

namespace Undercroft.AspNetCore.Api;

/// <summary>Revisions as ETags: <c>"r12"</c>.</summary>
internal static class ETags
{
    public static string Write(Revision revision) =>
        string.Create(CultureInfo.InvariantCulture, $"\"r{revision.Value}\"");

    public static Revision? Read(string text) =>
        text.Trim() is ['"', 'r', .. var number, '"']
        && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
            ? new Revision(value)
            : null;

    public static bool Matches(string? header, Revision revision) => header is not null
        && header.Split(',').Select(static one => one.Trim()).Any(one =>
            one == "*" || Read(one.StartsWith("W/", StringComparison.Ordinal) ? one[2..] : one) == revision);
}
