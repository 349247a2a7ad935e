namespace Undercroft.Monitors;

/// <summary>The store's time, as all processes have it that work on the store: one of them whose own clock is wrong
/// must not move what is due, for the others too.</summary>
/// <param name="storage">The store.</param>
/// <param name="clock">Tells what has passed since the store's time was heard.</param>
internal sealed class MonitorTime(Storage storage, TimeProvider clock)
{
    // A steady clock loses less than this can matter, and the store is asked seldom.
    private static readonly TimeSpan HeardFor = TimeSpan.FromSeconds(30);

    // A commit that writes nothing tells what time the store has.
    private static readonly RecordKey Asked = new(MonitorCollections.Timetables.Name, "$time");

    private Heard? heard;

    /// <summary>The time, as far as it has been heard.</summary>
    public DateTimeOffset Latest => Volatile.Read(ref heard) is { } last
        ? last.At + clock.GetElapsedTime(last.Timestamp)
        : clock.GetUtcNow();

    /// <summary>The time: no later than the store's own.</summary>
    /// <exception cref="StoreException">The store cannot be asked.</exception>
    public async ValueTask<DateTimeOffset> NowAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref heard) is { } last && clock.GetElapsedTime(last.Timestamp) is var passed
            && passed < HeardFor)
        {
            return last.At + passed;
        }

        var ask = new Commit(new CheckOperation(Asked, WriteCondition.Any));
        var result = await storage.Store.CommitAsync(ask, cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref heard, new Heard(result.At, clock.GetTimestamp()));
        return result.At;
    }

    private sealed record Heard(DateTimeOffset At, long Timestamp);
}
