using Undercroft.Testing;

namespace Undercroft.Tests;

public sealed class CommitIdentitiesTests
{
    private static readonly StoreLimits Limits = new() { ReplaysKept = 4 };

    [Fact]
    public void One_commit_at_a_time_needs_one_client_instance()
    {
        var identities = new CommitIdentities(Limits, new ManualClock());

        var drawn = new List<CommitIdentity>();
        for (var i = 0; i < 100; i++)
        {
            drawn.Add(identities.Begin());
            identities.End(drawn[^1]);
        }

        _ = Assert.Single(drawn.Select(static identity => identity.Client).Distinct());
        Assert.Equal(Enumerable.Range(1, 100).Select(static i => (long)i), drawn.Select(static one => one.Number));
    }

    [Fact]
    public void Numbers_in_flight_are_never_further_apart_than_half_of_what_is_kept()
    {
        var seed = TestSeed.Take();
        var random = seed.ToRandom();
        var identities = new CommitIdentities(Limits, new ManualClock());
        var inFlight = new List<CommitIdentity>();

        for (var i = 0; i < 2_000; i++)
        {
            if (inFlight.Count < 20 && random.Next(2) == 0)
            {
                inFlight.Add(identities.Begin());
            }
            else if (inFlight.Count > 0)
            {
                var at = random.Next(inFlight.Count);
                identities.End(inFlight[at]);
                inFlight.RemoveAt(at);
            }

            foreach (var lane in inFlight.GroupBy(static identity => identity.Client))
            {
                var spread = lane.Max(static one => one.Number) - lane.Min(static one => one.Number);
                Assert.True(spread < 2, $"{spread} apart. {seed}");
            }
        }
    }

    [Fact]
    public void Ending_what_is_not_in_flight_is_misuse()
    {
        var identities = new CommitIdentities(Limits, new ManualClock());
        var identity = identities.Begin();
        identities.End(identity);

        _ = Assert.Throws<ArgumentException>(() => identities.End(identity));
        _ = Assert.Throws<ArgumentException>(() => identities.End(new CommitIdentity(Guid.Empty, 1)));
    }
}
