using System.Security.Cryptography;
using Undercroft;
using Undercroft.Backends;

namespace LogStore;

/// <summary>Keeps a store as one append-only file, and all of it in memory for reading.</summary>
public sealed class LogFileStore : IStore
{
    private readonly Lock writing = new();
    private readonly FeedSignal signal = new();
    private readonly LogFile file;
    private readonly StoreClock clock;
    private LogState state;
    private bool hasSegment;
    private bool isFailed;
    private bool isDisposed;

    private LogFileStore(string path, LogFile file, LogState state, TimeProvider clock)
    {
        this.file = file;
        this.state = state;
        this.clock = new StoreClock(clock, state.At);
        Info = new StoreInfo
        {
            Backend = "log",
            Location = path,
            Epoch = state.History.Epoch,
            Capabilities = StoreCapabilities.Persistent,
            DurabilityLevels = [Durability.Os, Durability.Disk],
            DefaultDurability = Durability.Disk,
        };
    }

    /// <inheritdoc/>
    public StoreInfo Info { get; }

    /// <summary>Opens a log; begins one where there is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="clock">Where the time comes from; null means the system.</param>
    /// <exception cref="StoreException">Another process has it open, or it is damaged.</exception>
    public static LogFileStore Open(string path, TimeProvider? clock = null)
    {
        var file = LogFile.Open(path);
        try
        {
            LogState? state = null;
            foreach (var frame in file.ReadAll())
            {
                state = state is null
                    ? LogCodec.ReadState(frame)
                    : state.With(LogCodec.ReadChange(frame), new StoreLimits());
            }

            if (state is null)
            {
                state = LogState.Empty(Guid.CreateVersion7());
                file.Append(LogCodec.Write(state), toDisk: true);
            }

            return new LogFileStore(path, file, state, clock ?? TimeProvider.System);
        }
        catch (Exception error)
        {
            file.Dispose();
            throw error is InvalidDataException
                ? new StoreException(StoreErrorKind.Corrupt, $"The log '{path}' is damaged. Restore a copy.", error)
                : error;
        }
    }

    /// <inheritdoc/>
    public ValueTask<ReadResult> ReadAsync(
        KeyList keys, ReadOptions options = default, CancellationToken cancellationToken = default)
    {
        ThrowIfEnded(cancellationToken);
        CommitGuard.Check(keys, options, Info);
        var (table, now) = (Volatile.Read(ref state).Table, options.Now ?? clock.Now());
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
        var walk = Volatile.Read(ref state).Table.Scan(request, request.Now ?? clock.Now());
        return new(PageBuilder.Scan(walk, limit, Info.Limits, record => RecordShape.Cut(record, request.Detail)));
    }

    /// <inheritdoc/>
    public ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken = default)
    {
        ThrowIfEnded(cancellationToken);
        var level = CommitGuard.Check(commit, Info);
        var digest = commit.Identity is null ? default : CommitDigest.Of(commit);
        lock (writing)
        {
            ThrowIfEnded(cancellationToken);
            return new(Apply(commit, digest, level));
        }
    }

    /// <inheritdoc/>
    public ValueTask<ChangePage> ChangesAsync(ChangesRequest request, CancellationToken cancellationToken = default)
    {
        ThrowIfEnded(cancellationToken);
        var limit = CommitGuard.Check(request, Info);
        var now = Volatile.Read(ref state);
        var from = now.History.Resolve(request.After, now.Sequence, now.Horizon);
        var (changes, hasMore) = PageBuilder.Changes(
            now.Table.Changes(from.Sequence, request.Now ?? clock.Now()),
            request,
            limit,
            Info.Limits,
            now.Sequence,
            record => RecordShape.Cut(record, request.Detail),
            out var through);
        return new(new ChangePage(changes, now.History.CursorAt(through, from.WalkHorizon), hasMore));
    }

    /// <inheritdoc/>
    public async ValueTask WaitAsync(FeedCursor after, CancellationToken cancellationToken = default)
    {
        ThrowIfEnded(cancellationToken);
        var next = signal.Next();
        ThrowIfEnded(cancellationToken);
        var now = Volatile.Read(ref state);
        if (now.History.Resolve(after, now.Sequence, now.Horizon).Sequence == now.Sequence)
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
        lock (writing)
        {
            ThrowIfEnded(cancellationToken);
            var now = request.Now ?? clock.Now();
            return new(request.Kind switch
            {
                MaintenanceKind.Expire => Expire(now),
                MaintenanceKind.Compact => Compact(request, now),
                MaintenanceKind.Verify => TableReport.Verify(state.Table, state.Sequence),
                MaintenanceKind.Measure => TableReport.Measure(
                    state.Table, now, static record => record.Value.Length) with { StoredBytes = file.Length },
                _ => throw new CapabilityException(Info.Backend, "backups", "Copy the file while it is closed."),
            });
        }
    }

    /// <inheritdoc/>
    public TFeature? Feature<TFeature>()
        where TFeature : class => this as TFeature;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (writing)
        {
            isDisposed = true;
            file.Dispose();
        }

        signal.Fail(new ObjectDisposedException(nameof(LogFileStore)));
        return default;
    }

    private CommitResult Apply(Commit commit, UInt128 digest, Durability level)
    {
        if (commit.Identity is { } identity && state.Lanes.TryGetValue(identity.Client, out var found) &&
            found.Lane.Find(identity, digest) is { } replay)
        {
            return replay.ToResult(commit);
        }

        var now = commit.Now ?? clock.Now();
        var next = state.Sequence + 1;
        var plan = CommitJudge.Judge(commit, state.Table, new Revision(next), now);
        var sequence = plan.Writes.Count > 0 ? next : state.Sequence;
        var result = plan.ToResult(new Revision(sequence));
        if (result.IsCommitted && (plan.Writes.Count > 0 || commit.Identity is not null))
        {
            Append(
                new LogChange
                {
                    Sequence = sequence,
                    At = now,
                    Records = [.. plan.Writes.Select(static write =>
                        RecordShape.WithValue(write.After, write.After.Value.ToArray()))],
                    Identity = commit.Identity,
                    Digest = digest,
                    Counters = result.Counters,
                },
                level == Durability.Disk);
        }

        return result;
    }

    private void Append(LogChange change, bool toDisk)
    {
        if (isFailed)
        {
            throw Failed(null);
        }

        if (!hasSegment && change.Sequence > state.Sequence)
        {
            // Each opening begins a segment, so that a log put back in time is noticed by those who follow it.
            change = change with { Salt = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))) | 1 };
        }

        try
        {
            file.Append(LogCodec.Write(change), toDisk);
        }
        catch (IOException error)
        {
            // Nobody knows what has reached the file: only opening it anew can tell.
            isFailed = true;
            throw Failed(error);
        }

        hasSegment |= change.Salt != 0;
        Volatile.Write(ref state, state.With(change, Info.Limits));
        signal.Pulse();
    }

    private MaintenanceReport Expire(DateTimeOffset now)
    {
        var total = 0L;
        List<StoreRecord> swept;
        do
        {
            // A sweep is a commit like any other: no larger than the store takes.
            swept = [.. state.Table.Expired(now)
                .Take(Info.Limits.OperationsMax)
                .Select(record => Expiry.Sweep(record, state.Sequence + 1, now).After)];
            if (swept.Count > 0)
            {
                Append(new LogChange { Sequence = state.Sequence + 1, At = now, Records = swept }, toDisk: true);
            }

            total += swept.Count;
        }
        while (swept.Count == Info.Limits.OperationsMax);

        return new MaintenanceReport { Examined = total, Changed = total };
    }

    private MaintenanceReport Compact(MaintenanceRequest request, DateTimeOffset now)
    {
        var forgotten = state.Table.Tombstones()
            .Where(tombstone => Expiry.MayForget(tombstone, request))
            .Select(static tombstone => tombstone.Key)
            .ToList();
        if (forgotten.Count > 0)
        {
            Append(new LogChange { Sequence = state.Sequence, At = now, Forgotten = forgotten }, toDisk: true);
        }

        file.Replace(LogCodec.Write(state));
        return new MaintenanceReport { Changed = forgotten.Count, StoredBytes = file.Length };
    }

    private StoreException Failed(Exception? error) => new(
        StoreErrorKind.Unknown,
        $"Cannot write to '{Info.Location}'. See the inner exception, and open the store again.",
        error)
    {
        Backend = Info.Backend,
    };

    private void ThrowIfEnded(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref isDisposed), this);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
