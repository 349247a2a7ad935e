namespace Undercroft.Stories;

/// <summary>What another place that has the stories too does not have yet: a durable queue for each such
/// consumer.</summary>
/// <remarks>
/// Nothing is put into it: it is what the store's own feed says and the consumer has not acknowledged, so a save is in
/// the queue from the commit that made it, and a save that was not committed never is. A story is in it once, however
/// often it was saved: with its last revision, at the place of its last change. A story that was created and deleted
/// before the consumer saw it is not in it. Which revision the consumer has of each story is kept beside the stories,
/// and outlives every restart. Where the feed has forgotten too much (<see cref="CursorExpiredException"/>), everything
/// is compared anew, which costs a walk over all stories for each look until all is acknowledged. Safe for many
/// threads; one process at a time should work on a consumer's queue, or entries are handed out twice.
/// </remarks>
public sealed class StorySyncQueue
{
    private const int PageSize = 200;
    private const int ConsumerMax = 100;

    private readonly IStore store;
    private readonly SyncLedger ledger;
    private readonly Lock gate = new();
    private FeedCursor? settled;
    private FeedCursor seen;

    /// <summary>Opens the queue of a consumer; a new one has everything to fetch.</summary>
    /// <param name="storage">The storage the library is in.</param>
    /// <param name="consumer">Any text that names the other place; 1 to 100 bytes in UTF-8.</param>
    /// <exception cref="ArgumentException">The name is empty or too long.</exception>
    public StorySyncQueue(Storage storage, string consumer)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentException.ThrowIfNullOrEmpty(consumer);
        var bytes = Utf8Order.ByteCount(consumer);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, ConsumerMax, nameof(consumer));
        store = storage.Store;
        ledger = new SyncLedger(storage, consumer);
    }

    /// <summary>Lists what is to do, the story whose last change is the oldest first.</summary>
    /// <param name="limit">How many at most; at least 1.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Empty where the consumer has everything.</returns>
    /// <exception cref="StoreException">The store failed.</exception>
    public async ValueTask<IReadOnlyList<StorySyncEntry>> PendingAsync(
        int limit = 100, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        try
        {
            FeedCursor? here;
            lock (gate)
            {
                here = settled;
            }

            var from = here ?? await ledger.CursorAsync(cancellationToken).ConfigureAwait(false);
            return await WalkAsync(from, limit, cancellationToken).ConfigureAwait(false);
        }
        catch (CursorExpiredException)
        {
            return await RescanAsync(limit, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Says whether there is anything to do.</summary>
    public async ValueTask<bool> HasPendingAsync(CancellationToken cancellationToken = default) =>
        (await PendingAsync(1, cancellationToken).ConfigureAwait(false)).Count > 0;

    /// <summary>Tells what is to do for one story.</summary>
    /// <param name="storyId">The story's id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null where the consumer has it as it is, or never had it and it is not here.</returns>
    public async ValueTask<StorySyncEntry?> FindAsync(string storyId, CancellationToken cancellationToken = default)
    {
        var key = LibraryCollections.KeyOf(storyId);
        var options = new ReadOptions { Detail = RecordDetail.Meta, IncludeDeleted = true };
        var found = await store.ReadAsync(key, options, cancellationToken).ConfigureAwait(false);
        var known = await ledger.ReadAsync([storyId], cancellationToken).ConfigureAwait(false);
        return found[0] is { } record ? Judge(record, known[0])
            : known[0] is { Acknowledged: > 0 } ? Forgotten(known[0]!)
            : null;
    }

    /// <summary>Waits until there is something to do.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask WaitAsync(CancellationToken cancellationToken = default)
    {
        while (!await HasPendingAsync(cancellationToken).ConfigureAwait(false))
        {
            FeedCursor after;
            lock (gate)
            {
                after = seen;
            }

            await store.WaitAsync(after, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Says that the consumer has what an entry says. If the story was changed since, it is still to
    /// do.</summary>
    /// <param name="entry">The entry. Acknowledging it again changes nothing.</param>
    /// <param name="cancellationToken">Ends the wait; it may be acknowledged.</param>
    /// <exception cref="StoreException">The store failed.</exception>
    public ValueTask AcknowledgeAsync(StorySyncEntry entry, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return ledger.AcknowledgeAsync(entry, cancellationToken);
    }

    /// <summary>Says that an entry failed. It stays in the queue, with one more in its count.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="error">What went wrong; at most 1,000 characters of it are kept.</param>
    /// <param name="cancellationToken">Ends the wait; it may be noted.</param>
    /// <exception cref="StoreException">The store failed.</exception>
    public ValueTask FailAsync(StorySyncEntry entry, string error, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(error);
        return ledger.FailAsync(entry.StoryId, error, cancellationToken);
    }

    /// <summary>Acknowledges everything there is to do now.</summary>
    /// <param name="cancellationToken">Ends the work; what was acknowledged stays so.</param>
    /// <returns>How many entries there were.</returns>
    public async ValueTask<int> ClearAsync(CancellationToken cancellationToken = default)
    {
        var all = await PendingAsync(int.MaxValue, cancellationToken).ConfigureAwait(false);
        foreach (var entry in all)
        {
            await ledger.AcknowledgeAsync(entry, cancellationToken).ConfigureAwait(false);
        }

        return all.Count;
    }

    /// <summary>Forgets the consumer: a queue that is opened under its name later begins anew.</summary>
    public async ValueTask RemoveAsync(CancellationToken cancellationToken = default)
    {
        await ledger.RemoveAsync(cancellationToken).ConfigureAwait(false);
        lock (gate)
        {
            settled = null;
        }
    }

    // The cursor only moves over pages in which nothing is to do any more.
    private async ValueTask<IReadOnlyList<StorySyncEntry>> WalkAsync(
        FeedCursor from, int limit, CancellationToken cancellationToken)
    {
        var pending = new List<StorySyncEntry>();
        var (isSettled, hasMoved) = (true, false);
        for (var (cursor, hasMore) = (from, true); hasMore && pending.Count < limit;)
        {
            var page = await PageAsync(cursor, cancellationToken).ConfigureAwait(false);
            pending.AddRange(await JudgeAsync(page.Changes, cancellationToken).ConfigureAwait(false));
            (cursor, hasMore) = (page.Next, page.HasMore);
            isSettled &= pending.Count == 0;
            hasMoved |= isSettled && page.Changes.Count > 0;
            lock (gate)
            {
                seen = cursor;
                settled = isSettled ? cursor : settled;
            }
        }

        if (hasMoved)
        {
            FeedCursor reached;
            lock (gate)
            {
                reached = settled!.Value;
            }

            await ledger.MoveAsync(reached, cancellationToken).ConfigureAwait(false);
        }

        return pending.Count <= limit ? pending : pending[..limit];
    }

    // Everything there is comes from the beginning; what the consumer has and does not come was deleted.
    private async ValueTask<IReadOnlyList<StorySyncEntry>> RescanAsync(int limit, CancellationToken cancellationToken)
    {
        var pending = new List<StorySyncEntry>();
        var came = new HashSet<string>(StringComparer.Ordinal);
        var cursor = FeedCursor.Beginning;
        for (var hasMore = true; hasMore;)
        {
            var page = await PageAsync(cursor, cancellationToken).ConfigureAwait(false);
            came.UnionWith(page.Changes.Select(static record => record.Key.Id));
            pending.AddRange(await JudgeAsync(page.Changes, cancellationToken).ConfigureAwait(false));
            (cursor, hasMore) = (page.Next, page.HasMore);
        }

        var gone = new List<StorySyncEntry>();
        await foreach (var known in ledger.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (known.Value.Acknowledged > 0 && !came.Contains(known.Value.StoryId) &&
                !await IsThereAsync(known.Value.StoryId, cancellationToken).ConfigureAwait(false))
            {
                gone.Add(Forgotten(known.Value));
            }
        }

        lock (gate)
        {
            (seen, settled) = (cursor, null);
        }

        if (pending.Count + gone.Count == 0)
        {
            await ledger.MoveAsync(cursor, cancellationToken).ConfigureAwait(false);
        }

        return [.. gone.Concat(pending).Take(limit)];
    }

    // The feed may hold back what was written last: that was not deleted, and comes behind the cursor.
    private async ValueTask<bool> IsThereAsync(string storyId, CancellationToken cancellationToken)
    {
        var options = new ReadOptions { Detail = RecordDetail.Keys };
        var found = await store.ReadAsync(LibraryCollections.KeyOf(storyId), options, cancellationToken)
            .ConfigureAwait(false);
        return found[0] is not null;
    }

    private ValueTask<ChangePage> PageAsync(FeedCursor after, CancellationToken cancellationToken) =>
        store.ChangesAsync(
            new ChangesRequest
            {
                After = after,
                Limit = PageSize,
                Collections = [LibraryCollections.Summaries.Name],
                Detail = RecordDetail.Meta,
            },
            cancellationToken);

    private async ValueTask<List<StorySyncEntry>> JudgeAsync(
        IReadOnlyList<StoreRecord> changes, CancellationToken cancellationToken)
    {
        var entries = new List<StorySyncEntry>();
        var needless = new List<string>();
        string[] ids = [.. changes.Select(static record => record.Key.Id)];
        var known = await ledger.ReadAsync(ids, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < ids.Length; i++)
        {
            if (Judge(changes[i], known[i]) is { } entry)
            {
                entries.Add(entry);
            }
            else if (changes[i].IsDeleted && known[i] is not null)
            {
                needless.Add(ids[i]);
            }
        }

        _ = await ledger.ForgetAsync(needless, cancellationToken).ConfigureAwait(false);
        return entries;
    }

    private static StorySyncEntry? Judge(StoreRecord record, SyncStoryDocument? known)
    {
        var has = known?.Acknowledged ?? 0;
        StorySyncOperation? operation = record.IsDeleted
            ? has > 0 ? StorySyncOperation.Delete : null
            : has == 0 ? StorySyncOperation.Create
            : has != record.Revision.Value ? StorySyncOperation.Update
            : null;
        return operation is null
            ? null
            : new StorySyncEntry(
                record.Key.Id,
                operation.Value,
                record.Revision,
                record.UpdatedAt,
                known?.Retries ?? 0,
                known?.LastError);
    }

    private static StorySyncEntry Forgotten(SyncStoryDocument known) =>
        new(known.StoryId, StorySyncOperation.Delete, Revision.None, null, known.Retries, known.LastError);
}
