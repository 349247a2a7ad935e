using Undercroft.Postgres.Connecting;

namespace Undercroft.Postgres.Tests.Jobs;

/// <summary>How far the server's clock is believed to be ahead.</summary>
public sealed class JobClockTests
{
    private const long Second = TimeSpan.TicksPerSecond;

    [Theory]

    // However long the answer takes, the clocks agree where the server's time lies between the two times here.
    [InlineData(0, 100, 100, 108, 0)]
    [InlineData(0, 104, 100, 108, 0)]
    [InlineData(0, 108, 100, 108, 0)]
    [InlineData(-3, 99, 100, 108, -3)]

    // What lies outside is a difference, and no more of it than there must be.
    [InlineData(0, 90, 100, 108, -10)]
    [InlineData(0, 120, 100, 108, 12)]
    [InlineData(3600, 101, 100, 102, 1)]
    [InlineData(-3600, 101, 100, 102, -1)]
    public void Only_a_time_that_cannot_have_been_meanwhile_is_a_difference(
        long offset, long server, long sentAt, long heardAt, long expected) =>
        Assert.Equal(
            expected * Second,
            ServerTime.Corrected(offset * Second, server * Second, sentAt * Second, heardAt * Second));
}
