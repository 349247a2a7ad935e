using System.Globalization;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Undercroft.AspNetCore.Api;

/// <summary>Revisions as ETags: <c>"r12"</c>.</summary>
internal static class ETags
{
    public static string Write(Revision revision) =>
        string.Create(CultureInfo.InvariantCulture, $"\"r{revision.Value}\"");

    /// <summary>Whether a header is the star that stands for whatever is there.</summary>
    public static bool IsAny(StringValues header) => header.ToString().Trim() == "*";

    /// <summary>Reads the revisions among the ETags of a header, which may be several.</summary>
    /// <param name="header">The header.</param>
    /// <param name="isStrong">Whether weak ones do not count: for what is to be changed.</param>
    /// <returns>None where there are none, or the header is no list of ETags.</returns>
    public static IReadOnlyList<Revision> Read(StringValues header, bool isStrong) =>
        EntityTagHeaderValue.TryParseList([.. header.OfType<string>()], out var tags)
            ? [.. tags.Where(tag => !(isStrong && tag.IsWeak)).Select(Read).OfType<Revision>()]
            : [];

    public static bool Matches(StringValues header, Revision revision) =>
        IsAny(header) || Read(header, isStrong: false).Contains(revision);

    private static Revision? Read(EntityTagHeaderValue tag) =>
        tag.Tag.AsSpan() is ['"', 'r', .. var number, '"']
        && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
            ? new Revision(value)
            : null;
}
