namespace Undercroft.Jobs.Tests;

public sealed class RetryPolicyTests
{
    private static readonly InvalidOperationException Error = new("no");

    [Fact]
    public void An_exponential_delay_doubles_up_to_its_maximum()
    {
        var policy = RetryPolicy.Exponential(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10), 100, jitter: 0);

        var delays = new[] { 1, 2, 3, 4, 63, 99 }.Select(attempt => Delay(policy, attempt)?.TotalSeconds);

        Assert.Equal([2, 4, 8, 10, 10, 10], delays);
    }

    [Fact]
    public void Jitter_takes_from_the_delay_and_never_adds()
    {
        var policy = RetryPolicy.Exponential(TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(8), 10, jitter: 0.5);
        var random = new Random(7);

        var delays = Enumerable.Range(0, 1000)
            .Select(_ => policy.DelayAfter(new RetryAttempt(1, 10, Error), random)!.Value.TotalSeconds)
            .ToList();

        Assert.All(delays, static delay => Assert.InRange(delay, 4, 8));
        Assert.True(delays.Max() - delays.Min() > 3, "The delays are hardly spread.");
    }

    [Fact]
    public void The_last_attempt_has_no_next()
    {
        Assert.Null(Delay(RetryPolicy.Fixed(TimeSpan.FromSeconds(1), 3), 3));
        Assert.Equal(TimeSpan.FromSeconds(1), Delay(RetryPolicy.Fixed(TimeSpan.FromSeconds(1), 3), 2));
        Assert.Null(Delay(RetryPolicy.None, 1));
    }

    [Fact]
    public void A_policy_of_ones_own_is_asked_and_kept_within_bounds()
    {
        var policy = RetryPolicy.Custom(10, static attempt => attempt.Attempt switch
        {
            1 => TimeSpan.FromSeconds(-5),
            2 => TimeSpan.MaxValue,
            _ => null,
        });

        Assert.Equal(
            [TimeSpan.Zero, TimeSpan.FromDays(3650), null], new[] { 1, 2, 3 }.Select(at => Delay(policy, at)));
    }

    [Fact]
    public void What_is_out_of_range_is_refused_where_it_is_set()
    {
        var second = TimeSpan.FromSeconds(1);
        Action[] wrong =
        [
            () => RetryPolicy.Fixed(-second, 3),
            () => RetryPolicy.Fixed(TimeSpan.MaxValue, 3),
            () => RetryPolicy.Fixed(second, 0),
            () => RetryPolicy.Fixed(second, 1001),
            () => RetryPolicy.Exponential(TimeSpan.Zero, second),
            () => RetryPolicy.Exponential(second, second / 2),
            () => RetryPolicy.Exponential(second, TimeSpan.FromDays(3651)),
            () => RetryPolicy.Exponential(second, second, 3, 1.1),
            () => RetryPolicy.Exponential(second, second, 3, double.NaN),
            () => _ = new JobRetryException(-second, "no"),
            () => _ = new JobHandlerOptions { Timeout = TimeSpan.Zero },
        ];

        Assert.All(wrong, static act => Assert.Throws<ArgumentOutOfRangeException>(act));
    }

    private static TimeSpan? Delay(RetryPolicy policy, int attempt) =>
        policy.DelayAfter(new RetryAttempt(attempt, policy.AttemptsMax, Error), new Random(1));
}
