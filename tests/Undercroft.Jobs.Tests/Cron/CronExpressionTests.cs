using System.Globalization;

namespace Undercroft.Jobs.Tests;

public sealed class CronExpressionTests
{
    [Theory]
    [InlineData("* * * * *", "2026-01-01 00:00:00", "2026-01-01 00:01:00")]
    [InlineData("* * * * *", "2026-12-31 23:59:59", "2027-01-01 00:00:00")]
    [InlineData("* * * * * *", "2026-01-01 00:00:59", "2026-01-01 00:01:00")]
    [InlineData("*/5 * * * *", "2026-01-01 00:01:00", "2026-01-01 00:05:00")]
    [InlineData("5/20 * * * *", "2026-01-01 00:46:00", "2026-01-01 01:05:00")]
    [InlineData("*/24 * * * *", "2026-01-01 00:49:00", "2026-01-01 01:00:00")]
    [InlineData("0 0 1 * *", "2026-01-01 00:00:00", "2026-02-01 00:00:00")]
    [InlineData("30,45-15/2 1 * * *", "2026-01-01 01:15:00", "2026-01-01 01:30:00")]
    [InlineData("30,45-15/2 1 * * *", "2026-01-01 01:30:00", "2026-01-01 01:45:00")]
    [InlineData("30,45-15/2 1 * * *", "2026-01-01 01:59:00", "2026-01-02 01:01:00")]
    [InlineData("0 22-1 * * *", "2026-01-01 01:30:00", "2026-01-01 22:00:00")]
    [InlineData("0 22-1 * * *", "2026-01-01 23:00:00", "2026-01-02 00:00:00")]
    [InlineData("0 0 1 DEC-FEB *", "2026-02-02 00:00:00", "2026-12-01 00:00:00")]
    [InlineData("0 0 * * MON-FRI", "2026-01-02 12:00:00", "2026-01-05 00:00:00")]
    [InlineData("0 0 * * FRI-MON", "2026-01-05 12:00:00", "2026-01-09 00:00:00")]
    [InlineData("0 0 * * 0", "2026-01-01 00:00:00", "2026-01-04 00:00:00")]
    [InlineData("0 0 * * 7", "2026-01-01 00:00:00", "2026-01-04 00:00:00")]
    [InlineData("0 0 * * 5-7", "2026-01-03 12:00:00", "2026-01-04 00:00:00")]
    [InlineData("0 0 13 * 5", "2026-01-01 00:00:00", "2026-02-13 00:00:00")]
    [InlineData("0 0 L * *", "2026-02-01 00:00:00", "2026-02-28 00:00:00")]
    [InlineData("0 0 L * *", "2028-02-01 00:00:00", "2028-02-29 00:00:00")]
    [InlineData("0 0 L-1 * *", "2026-02-01 00:00:00", "2026-02-27 00:00:00")]
    [InlineData("0 0 L-30 * *", "2026-02-01 00:00:00", "2026-03-01 00:00:00")]
    [InlineData("0 0 LW * *", "2026-05-01 00:00:00", "2026-05-29 00:00:00")]
    [InlineData("0 0 L-5W * *", "2026-05-01 00:00:00", "2026-05-26 00:00:00")]
    [InlineData("0 0 3W * *", "2026-01-01 00:00:00", "2026-01-02 00:00:00")]
    [InlineData("0 0 1W * *", "2026-08-01 00:00:00", "2026-08-03 00:00:00")]
    [InlineData("0 0 4W * *", "2026-01-04 00:00:00", "2026-01-05 00:00:00")]
    [InlineData("0 0 31W * *", "2026-05-01 00:00:00", "2026-05-29 00:00:00")]
    [InlineData("0 0 31W * *", "2026-06-01 00:00:00", "2026-07-31 00:00:00")]
    [InlineData("0 0 * * 2L", "2026-01-01 00:00:00", "2026-01-27 00:00:00")]
    [InlineData("0 0 * * FRIL", "2026-01-01 00:00:00", "2026-01-30 00:00:00")]
    [InlineData("0 0 * * 6#3", "2026-01-01 00:00:00", "2026-01-17 00:00:00")]
    [InlineData("0 0 * * sat#5", "2026-02-01 00:00:00", "2026-05-30 00:00:00")]
    [InlineData("0 0 ? 1 MON#1", "2026-01-06 00:00:00", "2027-01-04 00:00:00")]
    [InlineData("0 0 29 2 *", "2026-01-01 00:00:00", "2028-02-29 00:00:00")]
    [InlineData("0 0 29 2 MON", "2026-01-01 00:00:00", "2044-02-29 00:00:00")]
    [InlineData("  0\t12  * *  ? ", "2026-01-01 00:00:00", "2026-01-01 12:00:00")]
    [InlineData("@every_second", "2026-01-01 00:00:00", "2026-01-01 00:00:01")]
    [InlineData("@every_minute", "2026-01-01 00:00:01", "2026-01-01 00:01:00")]
    [InlineData("@hourly", "2026-01-01 00:00:00", "2026-01-01 01:00:00")]
    [InlineData("@daily", "2026-01-01 00:00:00", "2026-01-02 00:00:00")]
    [InlineData("@midnight", "2026-01-01 00:00:00", "2026-01-02 00:00:00")]
    [InlineData("@WEEKLY", "2026-01-01 00:00:00", "2026-01-04 00:00:00")]
    [InlineData("@monthly", "2026-01-01 00:00:00", "2026-02-01 00:00:00")]
    [InlineData("@yearly", "2026-01-01 00:00:00", "2027-01-01 00:00:00")]
    [InlineData("@annually", "2026-01-01 00:00:00", "2027-01-01 00:00:00")]
    public void The_next_time_is_the_first_that_matches(string text, string after, string expected)
    {
        var next = CronExpression.Parse(text).NextAfter(Utc(after), TimeZoneInfo.Utc);

        Assert.Equal(Utc(expected), next);
    }

    [Theory]
    [InlineData("0 0 30 2 *")]
    [InlineData("0 0 31 4,6,9,11 *")]
    public void A_date_that_never_comes_is_null(string text) =>
        Assert.Null(CronExpression.Parse(text).NextAfter(Utc("2026-01-01 00:00:00"), TimeZoneInfo.Utc));

    [Fact]
    public void A_time_that_matches_counts_from_it_and_not_after_it()
    {
        var hourly = CronExpression.Parse("@hourly");
        var noon = Utc("2026-01-01 12:00:00");

        Assert.Equal(noon, hourly.NextFrom(noon, TimeZoneInfo.Utc));
        Assert.Equal(noon.AddHours(1), hourly.NextAfter(noon, TimeZoneInfo.Utc));
        Assert.Equal(noon.AddHours(1), hourly.NextFrom(noon.AddTicks(1), TimeZoneInfo.Utc));
        Assert.Null(hourly.NextAfter(DateTimeOffset.MaxValue, TimeZoneInfo.Utc));
    }

    [Theory]
    [InlineData("", "has 0 fields")]
    [InlineData("* * * *", "has 4 fields")]
    [InlineData("* * * * * * *", "has 7 fields")]
    [InlineData("60 * * * *", "minute, '60': 60 is out of range where one from 0 to 59 is expected")]
    [InlineData("* 24 * * *", "hour, '24'")]
    [InlineData("* * 0 * *", "day of month, '0'")]
    [InlineData("* * 32 * *", "day of month, '32'")]
    [InlineData("* * * 13 *", "month, '13'")]
    [InlineData("* * * JANUARY *", "month, 'JANUARY': 'UARY' cannot stand there")]
    [InlineData("* * * * 8", "day of week, '8'")]
    [InlineData("* * * * MON#6", "day of week, 'MON#6'")]
    [InlineData("* * * * FOO", "'FOO' is not known there")]
    [InlineData("*/0 * * * *", "minute, '*/0'")]
    [InlineData("*/60 * * * *", "minute, '*/60'")]
    [InlineData("1,,2 * * * *", "there is no number")]
    [InlineData("1- * * * *", "there is no number")]
    [InlineData("? * * * *", "'?' stands only for a day")]
    [InlineData("* * L-31 * *", "31 is out of range")]
    [InlineData("* * 1-5W * *", "'W' cannot stand there")]
    [InlineData("* * * * *,5", "',5' cannot stand there")]
    [InlineData("99999999999 * * * *", "minute")]
    [InlineData("@fortnightly", "'@fortnightly' names a macro that is not known")]
    public void What_is_malformed_is_refused_with_its_field(string text, string expected)
    {
        var error = Assert.Throws<ArgumentException>(() => CronExpression.Parse(text));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_endless_text_is_refused() =>
        Assert.Throws<ArgumentException>(() => CronExpression.Parse(new string('1', 501)));

    private static DateTimeOffset Utc(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
