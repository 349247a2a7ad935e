namespace Undercroft;

/// <summary>One read-and-write that may lose to others: a patch, an upsert, a transaction. At first it just tries. When
/// it has lost it stands in line for the records it lost, with the other writers of this process; when it goes on
/// losing, to another process, it takes a short lease first that other losers heed too.</summary>
/// <remarks>Not safe for threads. See decision 53.</remarks>
internal sealed class WriteTurn(Storage storage) : IAsyncDisposable
{
    private const int LeaseAfter = 5;

    private static readonly TimeSpan LeaseLife = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LeasePause = TimeSpan.FromMilliseconds(5);

    private readonly TurnLines lines = storage.Turns;
    private readonly TurnFlow? outer = storage.Turns.Current;
    private readonly List<RecordKey> held = [];
    private readonly SortedSet<RecordKey> lost = [];
    private RecordLease? lease;
    private volatile bool hasEnded;
    private bool hasBegun;
    private int losses;

    /// <summary>Whether it is over. What it has started may outlive it.</summary>
    public bool HasEnded => hasEnded;

    // A lost lease costs nothing: the weakest level will do.
    private Durability Lightly => storage.Info.DurabilityLevels[0];

    /// <summary>Whether a transaction, or a patch, calls this from within: it would wait for itself.</summary>
    private bool IsInsideAnother => outer is { Turn.HasEnded: false };

    /// <summary>Tries again and again, in turn with others, what may lose to them. Inside a transaction it is tried
    /// once: that runs again as a whole.</summary>
    /// <param name="scope">Where it reads and writes.</param>
    /// <param name="keys">What it reads and writes.</param>
    /// <param name="tryAsync">Reads and writes once.</param>
    /// <param name="cancellationToken">Ends the wait; the write may still happen if it had begun.</param>
    /// <exception cref="RevisionConflictException">Others were faster each time.</exception>
    public static async ValueTask<TResult> RunAsync<TResult>(
        IDocumentScope scope,
        IReadOnlyList<RecordKey> keys,
        Func<ValueTask<TResult>> tryAsync,
        CancellationToken cancellationToken)
    {
        if (scope.Buffer is not null)
        {
            return await tryAsync().ConfigureAwait(false);
        }

        var turn = new WriteTurn(scope.Storage);
        await using (turn.ConfigureAwait(false))
        {
            await turn.BeginAsync(keys, cancellationToken).ConfigureAwait(false);
            for (var attempt = 1; ; attempt++)
            {
                RecordKey faster;
                try
                {
                    return await tryAsync().ConfigureAwait(false);
                }
                catch (RevisionConflictException conflict)
                    when (attempt < scope.Storage.Options.WriteAttemptsMax)
                {
                    faster = conflict.Key;
                }

                scope.Storage.Meter.Retried();
                await turn.LostAsync(faster, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Stands behind those who wait for a record already; costs next to nothing where nobody does.</summary>
    public ValueTask BeginAsync(IReadOnlyList<RecordKey> keys, CancellationToken cancellationToken)
    {
        // Of several first reads at once one stands in line; later on all that is wanted is known.
        if (lines.IsEmpty || IsInsideAnother || Interlocked.Exchange(ref hasBegun, true))
        {
            return default;
        }

        foreach (var key in keys)
        {
            if (lines.Has(key))
            {
                _ = lost.Add(key);
            }
        }

        Join();
        return StandAsync(cancellationToken);
    }

    /// <summary>Waits for one's turn after a lost race.</summary>
    /// <param name="key">The record that another has changed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask LostAsync(RecordKey key, CancellationToken cancellationToken)
    {
        losses++;
        if (IsInsideAnother)
        {
            return default;
        }

        Join();
        var isNew = lost.Add(key);
        return WaitAsync(key, isNew || held.Count < lost.Count, cancellationToken);
    }

    /// <summary>Lets the next ones have their turns.</summary>
    public async ValueTask DisposeAsync()
    {
        hasEnded = true;
        try
        {
            if (lease is not null && await lease.GiveAsync(Lightly).ConfigureAwait(false) is { } error)
            {
                storage.Events.Failed("give a lease back", error);
            }
        }
        finally
        {
            Leave();
        }
    }

    private async ValueTask WaitAsync(RecordKey key, bool stands, CancellationToken cancellationToken)
    {
        if (stands)
        {
            await StandAsync(cancellationToken).ConfigureAwait(false);
        }

        if (losses >= LeaseAfter && lease is null)
        {
            lease = await TakeLeaseAsync(key, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Stands in all lines, in the order of the keys: so nobody waits for somebody who waits for them.
    /// </summary>
    private async ValueTask StandAsync(CancellationToken cancellationToken)
    {
        Leave();
        foreach (var key in lost)
        {
            if (await lines.EnterAsync(key, cancellationToken).ConfigureAwait(false))
            {
                held.Add(key);
            }
        }
    }

    private void Join()
    {
        // The body of a transaction has said so already.
        if (lines.Current is null)
        {
            lines.Current = new TurnFlow(this);
        }
    }

    private void Leave()
    {
        held.ForEach(lines.Leave);
        held.Clear();
    }

    /// <summary>Takes the lease, or gives up after its length: whoever holds it is slower than it is worth.</summary>
    private async ValueTask<RecordLease?> TakeLeaseAsync(RecordKey key, CancellationToken cancellationToken)
    {
        var clock = storage.Options.Clock;
        var started = clock.GetTimestamp();
        var wanted = new RecordLease(storage.Store, LeaseKeys.Turn(key), LeaseLife);
        do
        {
            if ((await wanted.TakeAsync(Lightly, cancellationToken).ConfigureAwait(false)).IsCommitted)
            {
                return wanted;
            }

            await Task.Delay(LeasePause, clock, cancellationToken).ConfigureAwait(false);
        }
        while (clock.GetElapsedTime(started) < LeaseLife);

        return null;
    }
}
