using Undercroft.Testing;

namespace Undercroft.Conformance;

/// <summary>What a binding tells the kit about its backend, and what the laws share. Derive from
/// <see cref="StoreConformance"/>, not from this.</summary>
/// <remarks>Do not hide <see cref="InitializeAsync"/> or <see cref="DisposeAsync"/>: override
/// <see cref="CleanUpAsync"/>
/// to remove what a test has left behind.</remarks>
public abstract class StoreLaws : IAsyncLifetime
{
    private readonly List<IStore> opened = [];
    private int current = -1;

    /// <summary>What the store must declare: a backend cannot pass by declaring less.</summary>
    protected abstract StoreCapabilities ExpectedCapabilities { get; }

    /// <summary>The levels the store must offer, weakest first.</summary>
    protected abstract IReadOnlyList<Durability> ExpectedDurability { get; }

    /// <summary>Whether the backend can open a store for reading only; then <see cref="OpenReadOnlyAsync"/> does.
    /// </summary>
    protected virtual bool CanOpenReadOnly => false;

    /// <summary>Whether the feed brings commits in the order of their revisions. A store whose commits run beside each
    /// other may have another order, of its own, in which each key's revisions still only grow. The default is yes.
    /// </summary>
    protected virtual bool OrdersFeedByRevision => true;

    /// <summary>The longest a test waits for what must happen. Nothing waits this long where it does. The default is
    /// two minutes: a busy machine is no defect.</summary>
    protected virtual TimeSpan Patience => TimeSpan.FromMinutes(2);

    /// <summary>The clock of every store the test opens.</summary>
    protected ManualClock Clock { get; } = new();

    /// <summary>The store under test; empty when the test begins.</summary>
    protected IStore Store => opened[current];

    /// <summary>Ends when the test is cancelled.</summary>
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Opens a new, empty store. Called once for each test, before it; again only to shrink a failure.
    /// </summary>
    protected abstract ValueTask<IStore> OpenAsync(TimeProvider clock);

    /// <summary>Opens the data of the store opened last once more. Called after that store was closed, and, to see
    /// whether several may have it open, also while it is still open. A store that keeps nothing opens an empty one.
    /// </summary>
    protected virtual ValueTask<IStore> ReopenAsync(TimeProvider clock) => OpenAsync(clock);

    /// <summary>Opens the data of the store opened last, once it was closed, for reading only.</summary>
    protected virtual ValueTask<IStore> OpenReadOnlyAsync(TimeProvider clock) =>
        throw new InvalidOperationException("The binding says CanOpenReadOnly: override OpenReadOnlyAsync too.");

    /// <summary>Names a place for a backup that does not exist yet.</summary>
    protected virtual string NewBackupTarget() =>
        throw new InvalidOperationException("The binding expects Backup: override NewBackupTarget too.");

    /// <summary>Opens a backup as a store of its own, as after a restore.</summary>
    /// <param name="target">What <see cref="NewBackupTarget"/> has named.</param>
    /// <param name="clock">The clock to give it.</param>
    protected virtual ValueTask<IStore> OpenBackupAsync(string target, TimeProvider clock) =>
        throw new InvalidOperationException("The binding expects Backup: override OpenBackupAsync too.");

    /// <summary>Removes what the test has left behind. Called after all its stores are closed.</summary>
    protected virtual ValueTask CleanUpAsync() => default;

    /// <summary>Opens the store.</summary>
    public async ValueTask InitializeAsync() => Use(await OpenAsync(Clock));

    /// <summary>Closes all stores and cleans up.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var one in opened)
        {
            await one.DisposeAsync();
        }

        await CleanUpAsync();
    }

    /// <summary>Has a store closed when the test ends.</summary>
    protected IStore Own(IStore opening)
    {
        Assert.NotNull(opening);
        opened.Add(opening);
        return opening;
    }

    /// <summary>Closes the store and opens it again: from here on <see cref="Store"/> is the new one.</summary>
    protected async Task RestartAsync()
    {
        await Store.DisposeAsync();
        Use(await ReopenAsync(Clock));
    }

    /// <summary>Closes the store and opens a new, empty one.</summary>
    protected async Task StartOverAsync()
    {
        await Store.DisposeAsync();
        Use(await OpenAsync(Clock));
    }

    /// <summary>Skips a test that needs a capability the binding does not expect.</summary>
    protected void Requires(StoreCapabilities capability) => Assert.SkipUnless(
        ExpectedCapabilities.HasFlag(capability), $"The backend does not declare {capability}.");

    /// <summary>Commits operations.</summary>
    protected async Task<CommitResult> CommitAsync(params StoreOperation[] operations) =>
        await Store.CommitAsync(new Commit(operations), Cancel);

    /// <summary>Commits operations that nothing may stop.</summary>
    /// <returns>The revision.</returns>
    protected Task<Revision> WriteAsync(params StoreOperation[] operations) => WriteAsync(new Commit(operations));

    /// <summary>Makes a commit that nothing may stop.</summary>
    /// <returns>The revision.</returns>
    protected async Task<Revision> WriteAsync(Commit commit)
    {
        var result = await Store.CommitAsync(commit, Cancel);
        Assert.True(result.IsCommitted, $"The commit met a conflict: {string.Join("; ", result.Conflicts)}");
        return result.Revision;
    }

    /// <summary>Reads one record of the collection the laws use.</summary>
    protected Task<StoreRecord?> ReadAsync(string id, ReadOptions options = default) =>
        ReadAsync(Sample.Key(id), options);

    /// <summary>Reads one record.</summary>
    protected async Task<StoreRecord?> ReadAsync(RecordKey key, ReadOptions options = default) =>
        (await Store.ReadAsync(key, options, Cancel))[0];

    /// <summary>Reads one record that must be there.</summary>
    protected async Task<StoreRecord> ReadLiveAsync(string id, ReadOptions options = default)
    {
        var found = await ReadAsync(id, options);
        Assert.True(found is not null, $"'{id}' must be there.");
        return found;
    }

    /// <summary>Walks a scan to its end, page by page.</summary>
    protected async Task<List<ScanItem>> ScanAsync(ScanRequest request)
    {
        var items = new List<ScanItem>();
        for (var pages = 0; pages < 100_000; pages++)
        {
            var page = await Store.ScanAsync(request, Cancel);
            Assert.True(page.Items.Count <= request.Limit, $"{page.Items.Count} items on a page of {request.Limit}.");
            items.AddRange(page.Items);
            if (page.Next is null)
            {
                return items;
            }

            request = request with { After = page.Next };
        }

        throw new InvalidOperationException("The scan does not end.");
    }

    /// <summary>The ids of a scan of the collection the laws use.</summary>
    protected async Task<string[]> IdsAsync(ScanRange? range = null, bool isReverse = false)
    {
        var request = new ScanRequest
        {
            Collection = Sample.Collection,
            Range = range ?? ScanRange.All,
            IsReverse = isReverse,
        };
        return [.. (await ScanAsync(request)).Select(static item => item.Record.Key.Id)];
    }

    /// <summary>Follows the feed from a cursor until nothing is left.</summary>
    protected Task<(List<StoreRecord> Changes, FeedCursor Next)> FollowAsync(FeedCursor after = default) =>
        FollowAsync(new ChangesRequest { After = after });

    /// <summary>Follows the feed until nothing is left or held back, page by page, and holds every page to what all
    /// pages owe.</summary>
    protected async Task<(List<StoreRecord> Changes, FeedCursor Next)> FollowAsync(ChangesRequest request)
    {
        var changes = new List<StoreRecord>();
        for (var pages = 0; pages < 100_000; pages++)
        {
            var page = await Store.ChangesAsync(request, Cancel);
            FeedCheck.Page(page, changes.Count == 0 ? Revision.None : changes[^1].Revision, OrdersFeedByRevision);
            changes.AddRange(page.Changes);
            if (!page.HasMore && page.HeldBack is null)
            {
                return (changes, page.Next);
            }

            request = request with { After = page.Next };
        }

        throw new InvalidOperationException("The feed does not end.");
    }

    /// <summary>Runs maintenance.</summary>
    protected Task<MaintenanceReport> MaintainAsync(MaintenanceKind kind) =>
        MaintainAsync(new MaintenanceRequest { Kind = kind });

    /// <summary>Runs maintenance.</summary>
    protected async Task<MaintenanceReport> MaintainAsync(MaintenanceRequest request) =>
        await Store.MaintainAsync(request, Cancel);

    /// <summary>Runs clients at the same time, each on a thread of its own until it first waits, and waits for all.
    /// </summary>
    protected static async Task<T[]> RaceAsync<T>(int clients, Func<int, Task<T>> client)
    {
        using var start = new Barrier(clients);
        var racing = Enumerable.Range(0, clients).Select(number => Task.Factory.StartNew(
            () =>
            {
                // Nobody begins before all are there: else the first may be done before the last has begun.
                start.SignalAndWait(Cancel);
                return client(number);
            },
            Cancel,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()).ToArray();
        return await Task.WhenAll(racing);
    }

    /// <summary>Has writers write round after round while something is watched: each watch has a write beside it, and
    /// the writers end with the last.</summary>
    /// <param name="writers">How many write.</param>
    /// <param name="write">Writes once; is told the writer and the round.</param>
    /// <param name="watches">How often to watch.</param>
    /// <param name="watch">Watches once; is told the number of the watch.</param>
    /// <returns>How many rounds each writer has written.</returns>
    protected static async Task<int[]> WatchAsync(
        int writers, Func<int, int, Task> write, int watches, Func<int, Task> watch)
    {
        // Enough that writers are at work during the whole of a watch; not so much that a fast store grows without end.
        const int RoundsAhead = 40;
        int watched = 0, written = 0;
        var writing = RaceAsync(writers, async writer =>
        {
            var round = 0;
            while (Volatile.Read(ref watched) is var seen && seen < watches)
            {
                if (round < (seen + 1) * RoundsAhead)
                {
                    await write(writer, round++);
                    _ = Interlocked.Increment(ref written);
                }

                // The others get their turn, so that a fast store is not written in one go.
                await Task.Yield();
            }

            return round;
        });
        try
        {
            for (var before = 0; watched < watches; Volatile.Write(ref watched, watched + 1))
            {
                while (Volatile.Read(ref written) == before && !writing.IsCompleted)
                {
                    await Task.Yield();
                }

                before = Volatile.Read(ref written);
                await watch(watched);
            }
        }
        finally
        {
            Volatile.Write(ref watched, watches);
            _ = await writing;
        }

        return await writing;
    }

    /// <summary>Waits for what must happen, while the clock goes on, so that a store that polls gets to poll.</summary>
    protected async Task MustEndAsync(Task task, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!task.IsCompleted)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"Did not happen: {what}.");
            Clock.Advance(TimeSpan.FromMilliseconds(50));
            _ = await Task.WhenAny(task, Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, Cancel));
        }

        await task;
    }

    private void Use(IStore opening)
    {
        _ = Own(opening);
        current = opened.Count - 1;
    }
}
