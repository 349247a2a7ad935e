namespace Undercroft.Jobs;

/// <summary>Tells when something recurs, in the language of cron. Immutable.</summary>
/// <remarks>
/// Five fields (minute, hour, day of month, month, day of week) or six with the second in front; <c>*</c>, lists,
/// ranges (also reversed, <c>22-1</c>), steps, names (<c>MON</c>, <c>JAN</c>), <c>L</c>, <c>L-3</c>, <c>15W</c>,
/// <c>LW</c>, <c>FRIL</c>, <c>MON#2</c>, <c>?</c>, and macros such as <c>@daily</c>. Where a day of the month and a day
/// of the week are both given, both must hold. It means what it means to the library Cronos.
/// </remarks>
public sealed class CronExpression
{
    private readonly string text;
    private readonly CronFields fields;

    private CronExpression(string text, CronFields fields)
    {
        this.text = text;
        this.fields = fields;
    }

    /// <summary>Whether the times follow an interval, because the hours, minutes or seconds have a star, a range or a
    /// step: then they go on through both passes of an hour that happens twice.</summary>
    public bool IsInterval => fields.IsInterval;

    /// <summary>Reads an expression.</summary>
    /// <exception cref="ArgumentException">It is malformed; the sentence names the field.</exception>
    public static CronExpression Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new CronExpression(text, new CronParser(text).Parse());
    }

    /// <summary>Finds the next time after an instant.</summary>
    /// <param name="after">The instant.</param>
    /// <param name="zone">Whose wall clock the expression speaks of.</param>
    /// <returns>The time in the offset of the zone, always later than <paramref name="after"/>; null where there is
    /// none before the year 2500.</returns>
    /// <remarks>A time that the clock skips in spring moves to the first moment after the gap. Of an hour that happens
    /// twice in autumn, fixed times take the first pass only, intervals both.</remarks>
    public DateTimeOffset? NextAfter(DateTimeOffset after, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        return after == DateTimeOffset.MaxValue ? null : Find(after.AddTicks(1), zone);
    }

    /// <summary>Finds the first time at or after an instant.</summary>
    /// <param name="from">The instant.</param>
    /// <param name="zone">Whose wall clock the expression speaks of.</param>
    /// <returns>The time in the offset of the zone; null where there is none before the year 2500.</returns>
    public DateTimeOffset? NextFrom(DateTimeOffset from, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        return Find(from, zone);
    }

    /// <summary>Shows the expression as it was written.</summary>
    public override string ToString() => text;

    private DateTimeOffset? Find(DateTimeOffset from, TimeZoneInfo zone) =>
        from.UtcDateTime.Year > CronFields.YearMax ? null : new CronWalk(fields, zone).From(from);
}
