using Undercroft.Backends;
using Undercroft.Files.Disk;
using Undercroft.Files.Opening;
using Undercroft.Files.Reading;
using Undercroft.Files.State;
using Undercroft.Files.Tree;
using Undercroft.Files.Values;
using Undercroft.Files.Writing;

namespace Undercroft.Files;

/// <summary>Keeps a store as a folder of plain files: <c>collection/id.json</c>, byte for byte what was written, beside
/// a journal that makes commits atomic and durable.</summary>
/// <remarks>
/// One process may have it open for writing; others may read. Commits are acknowledged once the journal has them, at
/// the level they ask for; the files follow a moment later. Files edited, added or deleted by hand become commits of
/// the origin <see cref="HandOrigin"/>; index entries of an edited record stay as they were, a new one has none. Reads
/// and writes of files complete on the thread that makes them. Opened for reading only, it sees what the writer's
/// journal holds, a tenth of a second late at most; a commit of level Memory shows up there once the writer puts it
/// into the tree.
/// </remarks>
public sealed class FileStore : IStore
{
    /// <summary>The origin of commits that take over what was done to files by hand.</summary>
    public const string HandOrigin = "$hand";

    private const int TriesMax = 16;

    private readonly StoreCore core;
    private readonly OpenStore? open;
    private readonly Follower? follower;
    private readonly SingleEnd ending = new();

    private FileStore(StoreCore core, OpenStore? open, Follower? follower)
    {
        this.core = core;
        this.open = open;
        this.follower = follower;
        Info = new StoreInfo
        {
            Backend = FileErrors.Backend,
            Location = core.Paths.Root,
            Epoch = core.State.History.Epoch,
            Capabilities = StoreCapabilities.Persistent | StoreCapabilities.Backup |
                (open is null ? StoreCapabilities.ReadOnly : StoreCapabilities.None),
            Limits = core.Options.Limits,
            DurabilityLevels = [Durability.Memory, Durability.Os, Durability.Disk],
            DefaultDurability = core.Options.DefaultDurability,
        };
    }

    /// <inheritdoc/>
    public StoreInfo Info { get; }

    /// <summary>What the store has seen that people should know, a sentence each: the latest hundred.</summary>
    public IReadOnlyList<string> Notices => core.Notices.ToList();

    /// <summary>Opens a store; begins one where there is none.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="clock">Where the time comes from; null means the system.</param>
    /// <param name="cancellationToken">Ends the opening; nothing stays open.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    /// <exception cref="StoreException">Another process has it open for writing, the folder is something else's, or the
    /// store is damaged. Nothing was changed.</exception>
    public static ValueTask<FileStore> OpenAsync(
        FileStoreOptions options, TimeProvider? clock = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        cancellationToken.ThrowIfCancellationRequested();
        return OpenAsync(DiskFileSystem.Instance, options, clock ?? TimeProvider.System, cancellationToken);
    }

    internal static async ValueTask<FileStore> OpenAsync(
        IFileSystem files, FileStoreOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        // A store stays what it was opened as, whatever becomes of the settings.
        options = options.Copy();
        try
        {
            if (options.ReadOnly)
            {
                var follower = new Follower(files, options, clock);
                return new FileStore(follower.Core, null, follower);
            }

            var open = await new StoreOpening(files, options, clock).OpenAsync(cancellationToken).ConfigureAwait(false);
            return new FileStore(open.Core, open, null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw FileErrors.Of(error, "be opened", options.Directory);
        }
    }

    /// <inheritdoc/>
    public ValueTask<ReadResult> ReadAsync(
        KeyList keys, ReadOptions options = default, CancellationToken cancellationToken = default)
    {
        ThrowIfEnded(cancellationToken);
        CommitGuard.Check(keys, options, Info);
        var now = Instant(options.Now);
        return ReadAsync(
            (state, read) =>
            {
                if (keys.Count == 1)
                {
                    return new ReadResult(read.Answer(state.Table.Find(keys[0]), options, 0, now));
                }

                var found = new StoreRecord?[keys.Count];
                for (var i = 0; i < found.Length; i++)
                {
                    found[i] = read.Answer(state.Table.Find(keys[i]), options, i, now);
                }

                return new ReadResult(found);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ScanPage> ScanAsync(ScanRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ThrowIfEnded(cancellationToken);
        var limit = CommitGuard.Check(request, Info);
        var now = Instant(request.Now);
        return ReadAsync(
            (state, read) => PageBuilder.Scan(
                state.Table.Scan(request, now), limit, Info.Limits, record => read.Shape(record, request.Detail)),
            cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(commit);
        ThrowIfEnded(cancellationToken);
        var level = CommitGuard.Check(commit, Info);
        core.ThrowIfFailed();
        var request = new CommitRequest(commit, level);
        await open!.Queue.AddAsync(request, cancellationToken).ConfigureAwait(false);
        return await request.Done.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<ChangePage> ChangesAsync(ChangesRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ThrowIfEnded(cancellationToken);
        var limit = CommitGuard.Check(request, Info);
        var now = Instant(request.Now);
        return ReadAsync(
            (state, read) =>
            {
                var from = state.History.Resolve(request.After, state.Sequence, state.Horizon);
                var (changes, hasMore) = PageBuilder.Changes(
                    state.Table.Changes(from.Sequence, now),
                    request,
                    limit,
                    Info.Limits,
                    state.Sequence,
                    record => read.Shape(record, request.Detail),
                    out var through);
                return new ChangePage(changes, state.History.CursorAt(through, from.WalkHorizon), hasMore);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask WaitAsync(FeedCursor after, CancellationToken cancellationToken = default)
    {
        ThrowIfEnded(cancellationToken);
        var next = core.Signal.Next();
        ThrowIfEnded(cancellationToken);
        Refresh(isForced: true);
        var state = core.State;
        if (state.History.Resolve(after, state.Sequence, state.Horizon).Sequence == state.Sequence)
        {
            var wait = follower is null
                ? next.WaitAsync(cancellationToken)
                : FollowAsync(follower, next, cancellationToken);
            await wait.ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask<MaintenanceReport> MaintainAsync(
        MaintenanceRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ThrowIfEnded(cancellationToken);
        return new Upkeep(core, open, Info).RunAsync(request, Instant(request.Now), cancellationToken);
    }

    /// <summary>Looks through all files for what was done to them by hand, and commits it. The store does so by itself
    /// at the opening and every <see cref="FileStoreOptions.RescanInterval"/>.</summary>
    /// <param name="acceptDeletions">Whether missing files are taken as deletions however many they are.</param>
    /// <param name="cancellationToken">Ends the work between two commits; what was taken stays taken.</param>
    /// <exception cref="StoreException">The store is open for reading only, or cannot be read or written.</exception>
    public async ValueTask<RescanReport> RescanAsync(
        bool acceptDeletions = false, CancellationToken cancellationToken = default)
    {
        ThrowIfEnded(cancellationToken);
        if (open is null)
        {
            throw FileErrors.ReadOnly(core.Paths.Root);
        }

        var report = new RescanReport();
        while (true)
        {
            var look = await Translated(
                open.Worker.AskAsync(_ => open.Edits.Look(acceptDeletions), cancellationToken), "look through its tree")
                .ConfigureAwait(false);
            _ = await open.Edits.SubmitAsync(look.Edits).ConfigureAwait(false);
            report = report.Plus(look.Report);
            if (!look.HasMore)
            {
                return report;
            }
        }
    }

    /// <inheritdoc/>
    public TFeature? Feature<TFeature>()
        where TFeature : class => this as TFeature;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ending.RunAsync(EndAsync);

    // Another process wakes nobody here: its files are looked at again and again, in the time of the real world.
    private async Task FollowAsync(Follower following, Task next, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await next.WaitAsync(following.Pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (TimeoutException)
            {
                Refresh();
            }
        }
    }

    private void Refresh(bool isForced = false)
    {
        try
        {
            follower?.Refresh(isForced);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw core.Translate(error, "follow its writer");
        }
    }

    private ValueTask<T> ReadAsync<T>(Func<StoreState, SnapshotRead, T> answer, CancellationToken cancellationToken)
    {
        Refresh();
        var state = core.State;
        var read = new SnapshotRead(core.Values);
        T result;
        try
        {
            result = answer(state, read);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw core.Translate(error, "read a value");
        }

        return read.Spoilt is null ? new(result) : new(ReadAgainAsync(answer, state, read.Spoilt, cancellationToken));
    }

    // A file did not hold what the snapshot said: it was written since, then a newer snapshot has the value, or
    // somebody has edited it, then the edit has to be committed before anybody can read it.
    private async Task<T> ReadAgainAsync<T>(
        Func<StoreState, SnapshotRead, T> answer,
        StoreState seen,
        StoreRecord spoilt,
        CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < TriesMax; tries++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (ReferenceEquals(core.State, seen))
            {
                await SettleAsync(spoilt, cancellationToken).ConfigureAwait(false);
            }

            seen = core.State;
            var read = new SnapshotRead(core.Values);
            var result = answer(seen, read);
            if (read.Spoilt is null)
            {
                return result;
            }

            spoilt = read.Spoilt;
        }

        throw FileErrors.Changing(spoilt.Key);
    }

    private async Task SettleAsync(StoreRecord spoilt, CancellationToken cancellationToken)
    {
        var value = StoredValue.Of(spoilt)!;
        var path = core.Paths.FileOf(spoilt.Key, value.Mark.Kind);
        if (open is null)
        {
            var seen = core.State;
            Refresh(isForced: true);
            if (ReferenceEquals(core.State, seen))
            {
                throw FileErrors.BadValue(
                    core.Paths, spoilt.Key, path, "does not hold what was written",
                    "If it was edited by hand, the process that writes has to take that first: retry, or open the " +
                    "store for writing.");
            }

            return;
        }

        if (core.Files.Stat(path) is null)
        {
            // One missing file is a deletion; whether it is one of too many only a look at all can tell.
            _ = await RescanAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            var isStillThere = ReferenceEquals(StoredValue.Of(core.State.Table.Find(spoilt.Key)), value);
            if (isStillThere && core.Files.Stat(path) is null)
            {
                throw FileErrors.BadValue(
                    core.Paths, spoilt.Key, path, "is missing",
                    "Put it back, or call RescanAsync with acceptDeletions to take it as a deletion.");
            }
        }
        else if (open.Edits.LookAt(spoilt.Key, value) is { } edit)
        {
            _ = await open.Edits.SubmitAsync([edit]).ConfigureAwait(false);
        }
    }

    private async Task<T> Translated<T>(Task<T> work, string doing)
    {
        try
        {
            return await work.ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw core.Translate(error, doing);
        }
    }

    private DateTimeOffset Instant(DateTimeOffset? now) => now ?? core.Clock.Now();

    private async ValueTask EndAsync()
    {
        core.Signal.Fail(new ObjectDisposedException(nameof(FileStore)));
        if (open is not null)
        {
            await open.CloseAsync().ConfigureAwait(false);
        }
    }

    private void ThrowIfEnded(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(ending.HasBegun, this);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
