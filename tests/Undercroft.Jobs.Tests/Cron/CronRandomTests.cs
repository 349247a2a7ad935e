using Undercroft.Testing;

namespace Undercroft.Jobs.Tests;

/// <summary>Compares with walking through every minute, for expressions of chance.</summary>
public sealed class CronRandomTests
{
    private static readonly (int First, int Last)[] Ranges = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)];

    [Fact]
    public void The_next_time_is_what_a_walk_through_the_minutes_finds()
    {
        var seed = TestSeed.Take();
        var random = seed.ToRandom();
        for (var round = 0; round < 300; round++)
        {
            var sets = Ranges.Select(range => Set(random, range)).ToArray();
            var text = string.Join(' ', sets.Select((set, field) => Write(random, set, Ranges[field])));
            var from = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(random.Next(525_600));

            var expected = Walk(sets, from);
            var found = CronExpression.Parse(text).NextAfter(from, TimeZoneInfo.Utc);

            if (expected is not null || found < from.AddDays(70))
            {
                Assert.True(
                    found == expected, $"{text} after {from:s}: expected {expected:s}, found {found:s}. {seed}");
            }
        }
    }

    private static DateTimeOffset? Walk(HashSet<int>[] sets, DateTimeOffset from)
    {
        for (var at = from.AddMinutes(1); at <= from.AddDays(70); at = at.AddMinutes(1))
        {
            if (sets[0].Contains(at.Minute) && sets[1].Contains(at.Hour) && sets[2].Contains(at.Day) &&
                sets[3].Contains(at.Month) && sets[4].Contains((int)at.DayOfWeek))
            {
                return at;
            }
        }

        return null;
    }

    private static HashSet<int> Set(Random random, (int First, int Last) range)
    {
        var all = Enumerable.Range(range.First, range.Last - range.First + 1).ToArray();
        return random.Next(3) == 0 ? [.. all] : [.. random.GetItems(all, random.Next(1, 8))];
    }

    private static string Write(Random random, HashSet<int> set, (int First, int Last) range) =>
        set.Count == range.Last - range.First + 1 && random.Next(2) == 0
            ? random.Next(2) == 0 ? "*" : $"{range.First}-{range.Last}"
            : string.Join(',', set);
}
