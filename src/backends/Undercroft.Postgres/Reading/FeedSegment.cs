using System.Globalization;

namespace Undercroft.Postgres.Reading;

/// <summary>A segment of the server's history: its timeline, and the moment at which it was begun.</summary>
/// <param name="Timeline">The timeline.</param>
/// <param name="Moment">Milliseconds since 1970; 0 where older code has noted the timeline alone.</param>
internal readonly record struct FeedSegment(uint Timeline, long Moment) : IComparable<FeedSegment>
{
    private const int TimelineDigits = 8;
    private const int MomentDigits = 12;

    /// <summary>Reads what the server writes.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static FeedSegment Parse(string text)
    {
        var moment = 0L;
        return text.Length is TimelineDigits or TimelineDigits + MomentDigits &&
            uint.TryParse(
                text.AsSpan(0, TimelineDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                out var timeline) &&
            (text.Length == TimelineDigits || long.TryParse(
                text.AsSpan(TimelineDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out moment))
            ? new FeedSegment(timeline, moment)
            : throw new InvalidDataException(
                $"The segment of the server's history is {Names.Show(text)}; expected 8 or 20 digits.");
    }

    public int CompareTo(FeedSegment other) => (Timeline, Moment).CompareTo((other.Timeline, other.Moment));

    public static bool operator <(FeedSegment left, FeedSegment right) => left.CompareTo(right) < 0;

    public static bool operator >(FeedSegment left, FeedSegment right) => left.CompareTo(right) > 0;

    public static bool operator <=(FeedSegment left, FeedSegment right) => left.CompareTo(right) <= 0;

    public static bool operator >=(FeedSegment left, FeedSegment right) => left.CompareTo(right) >= 0;

    /// <summary>The segment as the server writes it.</summary>
    public override string ToString() => Moment == 0
        ? Timeline.ToString("X8", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Timeline:X8}{Moment:x12}");
}
