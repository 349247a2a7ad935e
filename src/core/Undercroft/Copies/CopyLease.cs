namespace Undercroft.Copies;

/// <summary>A lease on a target, kept in it: who copies into it now. It makes a second copy stop early; that a copy
/// writes nothing after another has taken over is what the condition on its own record sees to.</summary>
internal sealed class CopyLease : IAsyncDisposable
{
    public static readonly RecordKey Key = new(Passengers.OwnCollection, "lease");

    private readonly IStore target;
    private readonly TimeProvider clock;
    private readonly TimeSpan life;
    private readonly RecordLease lease;
    private long renewedAt;

    private CopyLease(IStore target, TimeProvider clock, TimeSpan life, RecordLease lease)
    {
        this.target = target;
        this.clock = clock;
        this.life = life;
        this.lease = lease;
        renewedAt = clock.GetTimestamp();
    }

    /// <summary>How long the holder may wait before it shows that it lives.</summary>
    public TimeSpan RenewEvery => life / 3;

    /// <summary>Takes the lease. One whose holder died is waited for; where the holder lives, it is refused.</summary>
    /// <exception cref="StoreException">Another copy is at work.</exception>
    public static async ValueTask<CopyLease> TakeAsync(
        IStore target, TimeProvider clock, TimeSpan life, CancellationToken cancellationToken)
    {
        var lease = new RecordLease(target, Key, life);
        var started = clock.GetTimestamp();
        Revision? seen = null;
        while (true)
        {
            var result = await lease.TakeAsync(null, cancellationToken).ConfigureAwait(false);
            if (result.IsCommitted)
            {
                return new CopyLease(target, clock, life, lease);
            }

            var found = result.Conflicts[0].Found;
            if ((seen is not null && seen != found) || clock.GetElapsedTime(started) > 2 * life)
            {
                throw new StoreException(
                    StoreErrorKind.InUse,
                    $"Cannot copy into '{target.Info.Location ?? target.Info.Backend}': another copy or restore into " +
                    "it is at work. Wait for it, or stop it.")
                {
                    Backend = target.Info.Backend,
                };
            }

            seen = found;
            await Task.Delay(life / 10, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Gives what renews the lease, to go along with a commit; null where that is not yet due.</summary>
    public PutOperation? RenewIfDue() => clock.GetElapsedTime(renewedAt) < RenewEvery ? null : lease.ToRenew();

    /// <summary>Renews the lease in a commit of its own, where that is due.</summary>
    public async ValueTask RenewAsync(CancellationToken cancellationToken)
    {
        while (RenewIfDue() is { } renewal)
        {
            var result = await target.CommitAsync(new Commit(renewal), cancellationToken).ConfigureAwait(false);
            _ = Settle(renewal, result);
        }
    }

    /// <summary>Hears how a commit went that a renewal was part of.</summary>
    /// <param name="renewal">The renewal; null where the commit had none.</param>
    /// <param name="result">The outcome.</param>
    /// <returns>Whether the lease was not what was in the way. Where it was, it had ended, and the next renewal takes
    /// it anew: a machine that slept is no reason to stop.</returns>
    /// <exception cref="StoreException">Another has taken the lease.</exception>
    public bool Settle(PutOperation? renewal, CommitResult result)
    {
        if (renewal is not null && result.IsCommitted)
        {
            lease.Revision = result.Revision;
            renewedAt = clock.GetTimestamp();
        }

        var lost = renewal is null ? null : result.Conflicts.FirstOrDefault(static conflict => conflict.Key == Key);
        if (lost is null)
        {
            return true;
        }

        lease.Revision = lost.Found == Revision.None && lease.Revision != Revision.None
            ? Revision.None
            : throw Lost(target);
        return false;
    }

    /// <summary>What to throw where another has taken over.</summary>
    public static StoreException Lost(IStore target) => new(
        StoreErrorKind.Conflict,
        $"This copy into '{target.Info.Location ?? target.Info.Backend}' stopped: another has taken over, because " +
        "this one was silent for longer than its lease. What it had written stays; let the other go on.")
    {
        Backend = target.Info.Backend,
    };

    // The copy has its own outcome, which a lease that cannot be given back must not hide.
    public async ValueTask DisposeAsync() => _ = await lease.GiveAsync().ConfigureAwait(false);
}
