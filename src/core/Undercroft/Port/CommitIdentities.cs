namespace Undercroft;

/// <summary>Gives identities to the commits of one client that repeats them where it has heard no answer. Safe for
/// threads.</summary>
/// <remarks>
/// A store keeps the last results of a client instance and refuses what is older than those. A client with many commits
/// in flight would run into that: one of them waits while so many others are stored that its number is forgotten. So
/// numbers are drawn from as many client instances as the commits in flight need, and in none of them are two numbers
/// in flight further apart than half of what is kept: then neither a first try nor a repetition is ever too late.
/// </remarks>
public sealed class CommitIdentities
{
    private readonly Lock gate = new();
    private readonly List<Lane> lanes = [];
    private readonly TimeProvider clock;
    private readonly int reach;

    /// <summary>Makes identities for a store.</summary>
    /// <param name="limits">The store's limits: they say how many results it keeps.</param>
    /// <param name="clock">Where the time comes from; null means the system.</param>
    public CommitIdentities(StoreLimits limits, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(limits);
        this.clock = clock ?? TimeProvider.System;
        reach = Math.Max(1, limits.ReplaysKept / 2);
    }

    /// <summary>Draws an identity. It is in flight until <see cref="End"/>.</summary>
    public CommitIdentity Begin()
    {
        lock (gate)
        {
            var lane = lanes.Find(lane => lane.HasRoom(reach));
            if (lane is null)
            {
                lane = new Lane(Guid.CreateVersion7(clock.GetUtcNow()));
                lanes.Add(lane);
            }

            return lane.Begin();
        }
    }

    /// <summary>Says that a commit will not be repeated any more, however it ended.</summary>
    /// <exception cref="ArgumentException">It is not in flight.</exception>
    public void End(CommitIdentity identity)
    {
        lock (gate)
        {
            if (lanes.Find(lane => lane.Client == identity.Client)?.End(identity.Number) != true)
            {
                throw new ArgumentException(
                    $"The identity {identity} is not in flight here: expected one that was begun and has not ended. " +
                    "End each once.",
                    nameof(identity));
            }
        }
    }

    private sealed class Lane(Guid client)
    {
        private readonly SortedSet<long> inFlight = [];
        private long latest;

        public Guid Client { get; } = client;

        public bool HasRoom(int reach) => inFlight.Count == 0 || latest + 1 - inFlight.Min < reach;

        public CommitIdentity Begin()
        {
            _ = inFlight.Add(++latest);
            return new CommitIdentity(Client, latest);
        }

        public bool End(long number) => inFlight.Remove(number);
    }
}
