using System.Globalization;

namespace Undercroft.Jobs.Tests;

/// <summary>What the documentation of Cronos says of clocks that are set forward and back.</summary>
public sealed class CronZoneTests
{
    [Theory]
    // The clock goes from 02:00 -05:00 to 03:00 -04:00 on 2016-03-13.
    [InlineData("0 30 2 * * *", "2016-03-13T01:59:59-05:00", "2016-03-13T03:00:00-04:00")]
    [InlineData("0 30 2 * * *", "2016-03-13T03:00:00-04:00", "2016-03-14T02:30:00-04:00")]
    [InlineData("*/30 * * * *", "2016-03-13T01:30:00-05:00", "2016-03-13T03:00:00-04:00")]
    [InlineData("*/30 * * * *", "2016-03-13T03:00:00-04:00", "2016-03-13T03:30:00-04:00")]
    [InlineData("0 2,3 * * *", "2016-03-13T01:00:00-05:00", "2016-03-13T03:00:00-04:00")]
    [InlineData("0 2,3 * * *", "2016-03-13T03:00:00-04:00", "2016-03-14T02:00:00-04:00")]
    // It goes from 02:00 -04:00 to 01:00 -05:00 on 2016-11-06.
    [InlineData("30 * * * *", "2016-11-06T00:59:59-04:00", "2016-11-06T01:30:00-04:00")]
    [InlineData("30 * * * *", "2016-11-06T01:30:00-04:00", "2016-11-06T01:30:00-05:00")]
    [InlineData("30 * * * *", "2016-11-06T01:30:00-05:00", "2016-11-06T02:30:00-05:00")]
    [InlineData("30 1 * * *", "2016-11-06T00:59:59-04:00", "2016-11-06T01:30:00-04:00")]
    [InlineData("30 1 * * *", "2016-11-06T01:30:00-04:00", "2016-11-07T01:30:00-05:00")]
    [InlineData("30 1 * * *", "2016-11-06T01:00:00-05:00", "2016-11-07T01:30:00-05:00")]
    [InlineData("0,45 1,2 * * *", "2016-11-06T01:45:00-04:00", "2016-11-06T02:00:00-05:00")]
    [InlineData("0 * 1 * * *", "2016-11-06T01:59:00-04:00", "2016-11-06T01:00:00-05:00")]
    [InlineData("0 0/10 1 * * *", "2016-11-06T01:50:00-04:00", "2016-11-06T01:00:00-05:00")]
    [InlineData("0 0/10 1 * * *", "2016-11-06T01:50:00-05:00", "2016-11-07T01:00:00-05:00")]
    [InlineData("* * * * * *", "2016-11-06T01:59:59-04:00", "2016-11-06T01:00:00-05:00")]
    [InlineData("* * * * * *", "2016-11-06T01:59:59-05:00", "2016-11-06T02:00:00-05:00")]
    [InlineData("0 1 * * *", "2016-11-06T00:30:00-04:00", "2016-11-06T01:00:00-04:00")]
    [InlineData("0 1 * * *", "2016-11-06T01:00:00-04:00", "2016-11-07T01:00:00-05:00")]
    public void In_a_zone_with_summer_time(string text, string after, string expected) =>
        Check(Zones.Eastern, text, after, expected);

    [Theory]
    [InlineData("15 2 * * *", "2016-10-02T01:59:00+10:30", "2016-10-02T02:30:00+11:00")]
    [InlineData("*/15 * * * *", "2016-04-03T01:45:00+11:00", "2016-04-03T01:30:00+10:30")]
    [InlineData("45 1 * * *", "2016-04-03T01:45:00+11:00", "2016-04-04T01:45:00+10:30")]
    public void Where_the_clock_moves_by_half_an_hour(string text, string after, string expected) =>
        Check(Zones.LordHowe, text, after, expected);

    [Theory]
    [InlineData("0 0 * * *", "2016-03-26T12:00:00+02:00", "2016-03-27T01:00:00+03:00")]
    [InlineData("0 0 * * *", "2016-03-27T01:00:00+03:00", "2016-03-28T00:00:00+03:00")]
    [InlineData("30 23 * * *", "2016-10-29T23:00:00+03:00", "2016-10-29T23:30:00+03:00")]
    [InlineData("30 23 * * *", "2016-10-29T23:30:00+03:00", "2016-10-30T23:30:00+02:00")]
    public void Where_the_clock_moves_at_midnight(string text, string after, string expected) =>
        Check(Zones.Midnight, text, after, expected);

    [Fact]
    public void Intervals_go_on_at_an_even_pace_through_both_changes()
    {
        var quarter = CronExpression.Parse("*/15 * * * *");
        foreach (var start in new[] { "2016-03-12T22:00:00-05:00", "2016-11-05T22:00:00-04:00" })
        {
            var at = DateTimeOffset.Parse(start, CultureInfo.InvariantCulture);
            for (var i = 0; i < 40; i++)
            {
                var next = quarter.NextAfter(at, Zones.Eastern)!.Value;

                Assert.Equal(TimeSpan.FromMinutes(15), next - at);
                at = next;
            }
        }
    }

    [Fact]
    public void Fixed_times_come_once_each_day_of_a_year()
    {
        foreach (var text in new[] { "30 1 * * *", "30 2 * * *", "0 3 * * *" })
        {
            var daily = CronExpression.Parse(text);
            var at = DateTimeOffset.Parse("2016-01-01T12:00:00-05:00", CultureInfo.InvariantCulture);
            var days = new List<DateTime>();
            for (var i = 0; i < 365; i++)
            {
                at = daily.NextAfter(at, Zones.Eastern)!.Value;
                days.Add(at.Date);
            }

            Assert.Equal(Enumerable.Range(1, 365).Select(static day => new DateTime(2016, 1, 1).AddDays(day)), days);
        }
    }

    private static void Check(TimeZoneInfo zone, string text, string after, string expected)
    {
        var next = CronExpression.Parse(text)
            .NextAfter(DateTimeOffset.Parse(after, CultureInfo.InvariantCulture).ToUniversalTime(), zone);

        Assert.Equal(expected, next?.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture));
    }
}
