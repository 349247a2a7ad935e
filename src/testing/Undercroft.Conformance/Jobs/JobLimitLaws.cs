using System.Globalization;
using Undercroft.Jobs;
using Undercroft.Testing;

namespace Undercroft.Conformance;

/// <summary>Rate limits: they hold in every period, and hold up nobody else.</summary>
public abstract class JobLimitLaws : JobBoundLaws
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    [Fact]
    public virtual async Task A_rate_limit_lets_its_permits_through_and_the_rest_in_time()
    {
        await EnqueueLimitedAsync(5);

        var session = await OpenSessionAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(2, (await ClaimAsync(session)).Jobs.Count);
        Assert.Empty((await ClaimAsync(session)).Jobs);
        Clock.Advance(Period / 2);
        Assert.Empty((await ClaimAsync(session)).Jobs);
        Clock.Advance(Period / 2);
        Assert.Equal(2, (await ClaimAsync(session)).Jobs.Count);
        Clock.Advance(Period);
        _ = Assert.Single((await ClaimAsync(session)).Jobs);
    }

    [Fact]
    public virtual async Task A_rate_limit_holds_also_after_a_time_when_nobody_worked()
    {
        await EnqueueLimitedAsync(7);
        var session = await OpenSessionAsync(TimeSpan.FromHours(1));
        Assert.Equal(2, (await ClaimAsync(session)).Jobs.Count);
        Assert.Empty((await ClaimAsync(session)).Jobs);

        Clock.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(2, (await ClaimAsync(session)).Jobs.Count);
        Assert.Empty((await ClaimAsync(session)).Jobs);
        Clock.Advance(Period);
        Assert.Equal(2, (await ClaimAsync(session)).Jobs.Count);
        Clock.Advance(2 * Period);
        _ = Assert.Single((await ClaimAsync(session)).Jobs);
    }

    [Fact]
    public virtual async Task A_rate_limit_holds_in_every_period_and_forgets_nobody()
    {
        var seed = TestSeed.Take();
        var random = seed.ToRandom(41);
        var permits = 1 + random.Next(20);
        var session = await OpenSessionAsync(TimeSpan.FromDays(1));
        var begun = new List<DateTimeOffset>();
        var enqueued = 0;

        // Where only one may begin in a period, most turns begin none.
        for (var turn = 0; turn < 60 || (begun.Count < enqueued && turn < 60 + (20 * enqueued)); turn++)
        {
            if (turn < 60)
            {
                var more = random.Next(5);
                await EnqueueLimitedAsync(more, permits);
                enqueued += more;
            }

            // Now and then nobody works for longer than a period.
            Clock.Advance(TimeSpan.FromMilliseconds(random.Next(random.Next(10) == 0 ? 30_000 : 3_000)));
            var claim = await ClaimAsync(session, 1 + random.Next(30));
            begun.AddRange(claim.Jobs.Select(_ => claim.At));
        }

        Assert.True(begun.Count == enqueued, $"Of {enqueued} only {begun.Count} began. {seed}");
        for (var i = permits; i < begun.Count; i++)
        {
            Assert.True(
                begun[i] - begun[i - permits] >= Period,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{permits + 1} began from {begun[i - permits]:O} to {begun[i]:O}. {seed}"));
        }
    }

    [Fact]
    public virtual async Task Jobs_that_must_wait_for_a_rate_limit_do_not_hold_up_those_behind_them()
    {
        await EnqueueLimitedAsync(80, 1);
        var free = await EnqueueAsync(new NewJob { Kind = Kind, Priority = 5 });
        var session = await OpenSessionAsync(TimeSpan.FromMinutes(10));

        var found = new List<JobId>();
        for (var i = 0; i < 20; i++)
        {
            var claim = await ClaimAsync(session, 1);
            found.AddRange(claim.Jobs.Select(static job => job.Id));
            if (claim.Jobs.Count == 0 && !(claim.NextDueAt <= claim.At))
            {
                break;
            }
        }

        Assert.Equal(2, found.Count);
        Assert.Equal(free, found[^1]);
    }

    private async Task EnqueueLimitedAsync(int count, int permits = 2)
    {
        for (var i = 0; i < count; i++)
        {
            _ = await EnqueueAsync(new NewJob { Kind = Kind, RateLimit = new RateLimit("mail", permits, Period) });
        }
    }
}
