using System.Security.Cryptography;
using Undercroft.Backends;
using Undercroft.Jobs;

namespace Undercroft;

/// <summary>Keeps everything in this process, and loses it with the process. It keeps all laws, for tests and for data
/// that may be lost.</summary>
/// <remarks>
/// One writer at a time; readers never wait. A single read is one look into a hash table; larger reads use a snapshot
/// that shares all it can with the one before. Values are copied in, and handed out without a copy.
/// </remarks>
public sealed class MemoryStore : IStore
{
    private readonly Lock writing = new();
    private readonly FeedSignal signal = new();
    private readonly StoreClock clock;
    private readonly MemoryReplays replays;
    private readonly HotTable hot = new();
    private readonly MemoryJobs jobs;

    // Odd while a commit is being published: then 'hot' is between two states and readers use the snapshot.
    private long version;
    private Snapshot snapshot;
    private bool isDisposed;

    /// <summary>Makes an empty store.</summary>
    /// <param name="options">The settings; null means the defaults.</param>
    /// <param name="clock">Where the time comes from; null means the system.</param>
    public MemoryStore(MemoryStoreOptions? options = null, TimeProvider? clock = null)
    {
        options ??= new MemoryStoreOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.ReplayLanesMax, nameof(options));
        this.clock = new StoreClock(clock ?? TimeProvider.System);
        jobs = new MemoryJobs(writing, this.clock.Now);
        replays = new MemoryReplays(options.Limits, options.ReplayLanesMax);
        var epoch = Guid.CreateVersion7(this.clock.Now());
        var segment = new FeedSegment(BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))), 0);
        snapshot = new Snapshot(RecordTable.Empty, 0, 0, new FeedHistory(epoch, []).Begin(segment));
        Info = new StoreInfo
        {
            Backend = "memory",
            Epoch = epoch,
            Capabilities = StoreCapabilities.Jobs,
            Limits = options.Limits,
            DurabilityLevels = [Durability.Memory],
            DefaultDurability = Durability.Memory,
        };
    }

    /// <inheritdoc/>
    public StoreInfo Info { get; }

    /// <inheritdoc/>
    public ValueTask<ReadResult> ReadAsync(
        KeyList keys, ReadOptions options = default, CancellationToken cancellationToken = default)
    {
        ThrowIfEnded(cancellationToken);
        CommitGuard.Check(keys, options, Info);
        if (keys.Count == 1)
        {
            return new(new ReadResult(ReadOne(keys[0], options)));
        }

        var now = Instant(options.Now);
        var table = Volatile.Read(ref snapshot).Table;
        var found = new StoreRecord?[keys.Count];
        for (var i = 0; i < found.Length; i++)
        {
            found[i] = RecordShape.Answer(table.Find(keys[i]), options, i, now);
        }

        return new(new ReadResult(found));
    }

    /// <inheritdoc/>
    public ValueTask<ScanPage> ScanAsync(ScanRequest request, CancellationToken cancellationToken = default)
    {
        ThrowIfEnded(cancellationToken);
        var limit = CommitGuard.Check(request, Info);
        var walk = Volatile.Read(ref snapshot).Table.Scan(request, Instant(request.Now));
        return new(PageBuilder.Scan(walk, limit, Info.Limits, record => RecordShape.Cut(record, request.Detail)));
    }

    /// <inheritdoc/>
    public ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken = default)
    {
        ThrowIfEnded(cancellationToken);
        _ = CommitGuard.Check(commit, Info);
        var digest = commit.Identity is null ? default : CommitDigest.Of(commit);
        CommitResult result;
        JobJudge? judge = null;
        lock (writing)
        {
            ThrowIfEnded(cancellationToken);
            var now = commit.Now ?? clock.Now();
            judge = JobGuard.HasJobs(commit) ? new JobJudge(jobs.Table, now) : null;
            result = Apply(commit, digest, now, judge);
        }

        if (result.IsCommitted)
        {
            signal.Pulse();
            if (judge is not null)
            {
                jobs.Wake(judge);
            }
        }

        return new(result);
    }

    /// <inheritdoc/>
    public ValueTask<ChangePage> ChangesAsync(ChangesRequest request, CancellationToken cancellationToken = default)
    {
        ThrowIfEnded(cancellationToken);
        var limit = CommitGuard.Check(request, Info);
        var state = Volatile.Read(ref snapshot);
        var from = state.History.Resolve(request.After, state.Sequence, state.Horizon);
        var (changes, hasMore) = PageBuilder.Changes(
            state.Table.Changes(from.Sequence, Instant(request.Now)),
            request,
            limit,
            Info.Limits,
            state.Sequence,
            record => RecordShape.Cut(record, request.Detail),
            out var through);
        return new(new ChangePage(changes, state.History.CursorAt(through, from.WalkHorizon), hasMore));
    }

    /// <inheritdoc/>
    public async ValueTask WaitAsync(FeedCursor after, CancellationToken cancellationToken = default)
    {
        ThrowIfEnded(cancellationToken);
        var next = signal.Next();
        ThrowIfEnded(cancellationToken);
        var state = Volatile.Read(ref snapshot);
        if (state.History.Resolve(after, state.Sequence, state.Horizon).Sequence == state.Sequence)
        {
            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask<MaintenanceReport> MaintainAsync(
        MaintenanceRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ThrowIfEnded(cancellationToken);
        return new(request.Kind switch
        {
            MaintenanceKind.Expire => Expire(Instant(request.Now), cancellationToken),
            MaintenanceKind.Compact => Compact(request),
            MaintenanceKind.Verify => TableReport.Verify(snapshot.Table, snapshot.Sequence),
            MaintenanceKind.Measure => TableReport.Measure(
                snapshot.Table, Instant(request.Now), static record => record.Value.Length),
            MaintenanceKind.Backup => throw new CapabilityException(
                Info.Backend, "backups", "Copy the store to one that is kept somewhere, and back that up."),
            _ => throw new ArgumentOutOfRangeException(nameof(request), request.Kind, "There is no such maintenance."),
        });
    }

    /// <inheritdoc/>
    public TFeature? Feature<TFeature>()
        where TFeature : class => this as TFeature ?? jobs as TFeature;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (writing)
        {
            isDisposed = true;
        }

        jobs.End();
        signal.Fail(new ObjectDisposedException(nameof(MemoryStore)));
        return default;
    }

    private StoreRecord? ReadOne(RecordKey key, in ReadOptions options)
    {
        var found = FindOne(key, options.IncludeDeleted);
        if (found is null)
        {
            return null;
        }

        // Most reads ask for all of a record that never expires: then there is nothing to decide.
        return !found.Expires && options is { Detail: RecordDetail.Whole, IncludeDeleted: false, Known: null }
            ? found.IsDeleted ? null : found
            : RecordShape.Answer(found, options, 0, Instant(options.Now));
    }

    private StoreRecord? FindOne(RecordKey key, bool orDeleted)
    {
        var before = Volatile.Read(ref version);
        if ((before & 1) == 0 && !orDeleted)
        {
            var found = hot.Find(key);
            if (Volatile.Read(ref version) == before)
            {
                return found;
            }
        }

        return Volatile.Read(ref snapshot).Table.Find(key);
    }

    private CommitResult Apply(Commit commit, UInt128 digest, DateTimeOffset now, JobJudge? judge)
    {
        if (commit.Identity is { } identity && replays.Find(identity, digest) is { } replay)
        {
            return replay.ToResult(commit);
        }

        var state = snapshot;
        var revision = new Revision(state.Sequence + 1);
        var plan = CommitJudge.Judge(commit, state.Table, revision, now, judge);
        if (plan.Conflicts.Count > 0)
        {
            return plan.ToResult(new Revision(state.Sequence));
        }

        var result = plan.ToResult(
            plan.Writes.Count > 0 ? revision : new Revision(state.Sequence), judge?.Apply(commit));

        if (commit.Identity is { } fresh)
        {
            var kept = new StoredReplay(fresh.Number, digest, result.Revision, result.Counters)
            {
                Jobs = JobOutcomeForm.Write(result.Jobs, commit),
            };
            replays.Keep(fresh, kept, now);
        }

        if (plan.Writes.Count > 0)
        {
            Publish(CopyValues(plan.Writes), state, revision.Value);
        }

        return result;
    }

    private void Publish(IReadOnlyList<PlannedWrite> writes, Snapshot state, long sequence)
    {
        var next = state with { Table = state.Table.With(writes), Sequence = sequence };
        _ = Interlocked.Increment(ref version);
        for (var i = 0; i < writes.Count; i++)
        {
            var after = writes[i].After;
            if (after.IsDeleted)
            {
                hot.Remove(after.Key);
            }
            else
            {
                hot.Set(after);
            }
        }

        Volatile.Write(ref snapshot, next);
        _ = Interlocked.Increment(ref version);
    }

    private MaintenanceReport Expire(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (swept, step) = (0L, 0);
        do
        {
            ThrowIfEnded(cancellationToken);
            step = ExpireSome(now);
            swept += step;
        }
        while (step == Info.Limits.OperationsMax);

        return new MaintenanceReport { Examined = swept, Changed = swept };
    }

    /// <summary>Sweeps as many as fit into one commit; other writers get their turn in between.</summary>
    private int ExpireSome(DateTimeOffset now)
    {
        List<PlannedWrite> writes;
        lock (writing)
        {
            var state = snapshot;
            writes = [.. state.Table.Expired(now)
                .Take(Info.Limits.OperationsMax)
                .Select(record => Expiry.Sweep(record, state.Sequence + 1, now))];
            if (writes.Count > 0)
            {
                Publish(writes, state, state.Sequence + 1);
            }
        }

        if (writes.Count > 0)
        {
            signal.Pulse();
        }

        return writes.Count;
    }

    private MaintenanceReport Compact(MaintenanceRequest request)
    {
        lock (writing)
        {
            var state = snapshot;
            var forgotten = state.Table.Tombstones().Where(tombstone => Expiry.MayForget(tombstone, request)).ToList();
            if (forgotten.Count > 0)
            {
                Volatile.Write(ref snapshot, state with
                {
                    Table = state.Table.Without(forgotten),
                    Horizon = Math.Max(state.Horizon, forgotten.Max(static tombstone => tombstone.Revision.Value)),
                });
            }

            return new MaintenanceReport { Examined = state.Table.TombstoneCount, Changed = forgotten.Count };
        }
    }

    private static PlannedWrite[] CopyValues(IReadOnlyList<PlannedWrite> writes)
    {
        var copies = new PlannedWrite[writes.Count];
        for (var i = 0; i < copies.Length; i++)
        {
            copies[i] =
                writes[i] with { After = RecordShape.WithValue(writes[i].After, writes[i].After.Value.ToArray()) };
        }

        return copies;
    }

    private DateTimeOffset Instant(DateTimeOffset? now) => now ?? clock.Now();

    private void ThrowIfEnded(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref isDisposed), this);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private sealed record Snapshot(RecordTable Table, long Sequence, long Horizon, FeedHistory History);
}
