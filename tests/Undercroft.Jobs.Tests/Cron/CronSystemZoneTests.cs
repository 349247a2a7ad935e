using Undercroft.Testing;

namespace Undercroft.Jobs.Tests;

/// <summary>Holds expressions to the documentation in every time zone of the machine: those too that count summer time
/// backwards, have moved to another offset or have left out a day.</summary>
public sealed class CronSystemZoneTests
{
    private static readonly DateTimeOffset Start = new(1985, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset End = new(2040, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Around = TimeSpan.FromHours(30);

    private static readonly (int First, int Last)[] Ranges = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)];

    [Theory]
    // Winter time is the exception there: the clock goes from 01:00 +00:00 to 02:00 +01:00 on 2027-03-28.
    [InlineData("15 1 * * *", "Europe/Dublin", "2027-03-28T00:14:40Z", "2027-03-28T02:00:00+01:00")]
    [InlineData("15 1 * * *", "Europe/Dublin", "2027-03-28T01:00:00Z", "2027-03-29T01:15:00+01:00")]
    [InlineData("*/20 * * * *", "Europe/Dublin", "2027-03-28T00:40:00Z", "2027-03-28T02:00:00+01:00")]
    [InlineData("*/20 * * * *", "Europe/Dublin", "2027-10-31T00:40:00Z", "2027-10-31T01:00:00+00:00")]
    [InlineData("15 1 * * *", "Europe/Dublin", "2027-10-31T00:15:00Z", "2027-11-01T01:15:00+00:00")]
    // Clocks are set back for Ramadan.
    [InlineData("30 2 * * *", "Africa/Casablanca", "2027-02-07T01:30:00Z", "2027-02-08T02:30:00+00:00")]
    [InlineData("30 2 * * *", "Africa/Casablanca", "2027-03-14T01:30:00Z", "2027-03-14T03:00:00+01:00")]
    // It left out the 30th.
    [InlineData("0 12 * * *", "Pacific/Apia", "2011-12-29T22:00:00Z", "2011-12-31T00:00:00+14:00")]
    public void A_zone_whose_offset_moves_unusually(string text, string zone, string after, string expected)
    {
        Assert.SkipUnless(TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found), $"There is no zone {zone}.");

        var next = CronExpression.Parse(text).NextAfter(DateTimeOffset.Parse(after, Culture), found);

        Assert.Equal(expected, next?.ToString("yyyy-MM-ddTHH:mm:sszzz", Culture));
    }

    [Fact]
    public void Around_every_change_of_every_zone_it_is_what_a_walk_through_the_minutes_finds()
    {
        var seed = TestSeed.Take();
        var random = seed.ToRandom();
        foreach (var (zone, at) in Changes())
        {
            var minutes = Minutes(zone, at - Around - Around, at + Around);
            for (var round = 0; round < 4; round++)
            {
                var (text, sets) = Expression(random, at, round);
                var expression = CronExpression.Parse(text);

                var expected = Walk(minutes, sets, expression.IsInterval)
                    .Where(fire => fire > at - Around)
                    .ToList();
                var found = new List<DateTimeOffset>();
                for (var next = expression.NextAfter(at - Around, zone);
                    next < at + Around;
                    next = expression.NextAfter(next.Value, zone))
                {
                    Assert.True(found.Count == 0 || next > found[^1], $"{zone.Id} '{text}' stays at {next:O}. {seed}");
                    Assert.Equal(zone.GetUtcOffset(next.Value), next.Value.Offset);
                    found.Add(next.Value);
                }

                Assert.True(
                    expected.SequenceEqual(found),
                    $"{zone.Id} '{text}' about {at:O}: expected {Show(expected)}, found {Show(found)}. {seed}");
            }
        }
    }

    [Fact]
    public void Each_time_is_later_than_the_one_before_in_every_zone()
    {
        var seed = TestSeed.Take();
        var random = seed.ToRandom();
        foreach (var zone in TimeZoneInfo.GetSystemTimeZones())
        {
            foreach (var text in new[] { "15 1 * * *", "30 2 * * 0", "0 0 1 * *", "0 */7 * * *", "0 3 29 2 *" })
            {
                var expression = CronExpression.Parse(text);
                var at = Start.AddMinutes(random.Next(525_600));
                for (var i = 0; i < 100; i++)
                {
                    var next = expression.NextAfter(at, zone)!.Value;

                    Assert.True(next > at, $"{zone.Id} '{text}' after {at:O}: found {next:O}. {seed}");
                    Assert.Equal(next, expression.NextFrom(next, zone));
                    Assert.Equal(next, expression.NextAfter(next.AddTicks(-1), zone));
                    at = next;
                }
            }
        }
    }

    // Each that differs from others, in one of the zones that have it.
    private static List<(TimeZoneInfo Zone, DateTimeOffset At)> Changes()
    {
        var seen = new HashSet<(DateTimeOffset, TimeSpan, TimeSpan)>();
        var changes = new List<(TimeZoneInfo, DateTimeOffset)>();
        foreach (var zone in TimeZoneInfo.GetSystemTimeZones())
        {
            var offset = zone.GetUtcOffset(Start);
            for (var hour = Start; hour < End; hour = hour.AddHours(6))
            {
                if (zone.GetUtcOffset(hour) == offset)
                {
                    continue;
                }

                var minute = hour.AddHours(-6);
                while (zone.GetUtcOffset(minute) == offset)
                {
                    minute = minute.AddMinutes(1);
                }

                var changed = zone.GetUtcOffset(minute);
                if (seen.Add((minute, offset, changed)))
                {
                    changes.Add((zone, minute));
                }

                offset = changed;
            }
        }

        Assert.True(changes.Count > 500, $"The machine has {changes.Count} changes; expected its time zones.");
        return changes;
    }

    private static List<DateTimeOffset> Minutes(TimeZoneInfo zone, DateTimeOffset from, DateTimeOffset to)
    {
        var minutes = new List<DateTimeOffset>();
        for (var at = from; at < to; at = at.AddMinutes(1))
        {
            minutes.Add(at.ToOffset(zone.GetUtcOffset(at)));
        }

        return minutes;
    }

    private static IEnumerable<DateTimeOffset> Walk(List<DateTimeOffset> minutes, HashSet<int>[] sets, bool isInterval)
    {
        // The local time up to which all have come or were skipped.
        var done = minutes[0].DateTime;
        foreach (var at in minutes)
        {
            var skipped = false;
            for (; done < at.DateTime; done = done.AddMinutes(1))
            {
                skipped |= Matches(sets, done);
            }

            var isAgain = done > at.DateTime;
            if (skipped || (Matches(sets, at.DateTime) && (isInterval || !isAgain)))
            {
                yield return at;
            }

            done = isAgain ? done : done.AddMinutes(1);
        }
    }

    private static bool Matches(HashSet<int>[] sets, DateTime local) =>
        sets[0].Contains(local.Minute) && sets[1].Contains(local.Hour) && sets[2].Contains(local.Day) &&
        sets[3].Contains(local.Month) && sets[4].Contains((int)local.DayOfWeek);

    // Hours near the change, and days that are all or the one of the change and its neighbours.
    private static (string Text, HashSet<int>[] Sets) Expression(Random random, DateTimeOffset at, int round)
    {
        var sets = Ranges
            .Select(static range => Enumerable.Range(range.First, range.Last - range.First + 1).ToHashSet())
            .ToArray();
        var fields = Enumerable.Repeat("?", 5).ToArray();
        (fields[0], fields[1], fields[3]) = ("*", "*", "*");
        Choose(0, [.. random.GetItems([0, 15, 20, 30, 45, 59], random.Next(1, 4))]);
        if (round < 3)
        {
            Choose(1, [.. random.GetItems([0, 1, 2, 3, 4, 23], random.Next(1, 4))]);
        }

        if (random.Next(3) == 0)
        {
            Choose(2, [at.UtcDateTime.Day, at.UtcDateTime.AddDays(random.Next(-1, 2)).Day]);
        }

        return (string.Join(' ', fields), sets);

        void Choose(int field, HashSet<int> values)
        {
            sets[field] = values;
            fields[field] = string.Join(',', values);
        }
    }

    private static System.Globalization.CultureInfo Culture => System.Globalization.CultureInfo.InvariantCulture;

    private static string Show(List<DateTimeOffset> times) =>
        string.Join(' ', times.Select(static at => $"{at:MM-ddTHH:mmzzz}"));
}
