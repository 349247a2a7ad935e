namespace Undercroft.Migrations;

/// <summary>Somebody at work on a collection's documents: the lease, the run's record and the collection's catalog, all
/// three checked by every commit.</summary>
internal sealed class MigrationSession : IAsyncDisposable
{
    /// <summary>The operations each commit has beside the caller's.</summary>
    public const int OwnOperations = 3;

    // Programs declare their indexes once, when they begin.
    private const int BeginningsMax = 100;

    private readonly DirectScope scope;
    private readonly MigrationLease lease;
    private readonly MigratorOptions options;
    private Revision runRevision;
    private long renewedAt;
    private bool hasEnded;
    private bool isBeginning;

    private MigrationSession(Storage storage, MigrationLease lease, MigratorOptions options)
    {
        Storage = storage;
        this.lease = lease;
        this.options = options;
        scope = new DirectScope(storage);
        renewedAt = storage.Options.Clock.GetTimestamp();
    }

    public Storage Storage { get; }

    /// <summary>The run, with what was done and is not yet written too.</summary>
    public MigrationRun Run { get; private set; } = null!;

    /// <summary>The collection's indexes and version, as the next commit checks them.</summary>
    public CollectionIndexes Indexes { get; private set; } = null!;

    /// <summary>Whether a third of the lease has gone by: time to write.</summary>
    public bool MustRenew => Storage.Options.Clock.GetElapsedTime(renewedAt) >= options.Lease / 3;

    public static async ValueTask<MigrationSession> BeginAsync(
        Storage storage, string collection, MigratorOptions options, CancellationToken cancellationToken) =>
        new(
            storage,
            await MigrationLease.TakeAsync(storage, collection, options, cancellationToken).ConfigureAwait(false),
            options);

    /// <summary>Writes the run as it begins or goes on, then takes the collection to a version.</summary>
    public async ValueTask OpenAsync(
        MigrationRun run, Revision revision, string? schema, CancellationToken cancellationToken)
    {
        runRevision = revision;
        Indexes = await Storage.Catalog.ReadAsync(run.Collection, cancellationToken).ConfigureAwait(false);
        var before = Indexes.Schema;
        isBeginning = true;
        for (var attempt = 1;
            await TryCommitAsync([], run, isEnd: false, cancellationToken).ConfigureAwait(false) is null;
            attempt++)
        {
            if (attempt == BeginningsMax)
            {
                throw Unsettled(run);
            }

            // A program has taken the collection elsewhere meanwhile, and nothing of the run is written yet.
            var isNew = revision == Revision.None;
            if (!isNew && Indexes.Schema != schema && Indexes.Schema != before)
            {
                throw Raised(run, before);
            }

            run = isNew ? run with { Before = Indexes.Schema } : run;
            before = Indexes.Schema;
        }

        isBeginning = false;

        // The run knows what the collection was at before it is taken elsewhere.
        Indexes = await Storage.Catalog.MoveAsync(run.Collection, schema, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes progress that needs no commit of its own.</summary>
    public void Note(MigrationRun run) => Run = run;

    /// <summary>Commits operations with the run as it is after them.</summary>
    /// <returns>The conflicts of the operations, none where all was committed; null where the collection's indexes have
    /// changed, so that the operations have to be made again.</returns>
    /// <exception cref="StoreException">The lease is lost, or another program has taken the collection to another
    /// version.</exception>
    public async ValueTask<IReadOnlyList<CommitConflict>?> TryCommitAsync(
        IReadOnlyList<StoreOperation> operations, MigrationRun run, bool isEnd, CancellationToken cancellationToken)
    {
        run = run with { UpdatedAt = Storage.Now().ToUniversalTime() };
        StoreOperation hold = isEnd ? lease.ToRelease() : lease.ToRenew();
        var result = await scope
            .CommitAsync(
                [.. operations, MigrationLedger.Put(run, runRevision), hold, Indexes.Check], null, cancellationToken)
            .ConfigureAwait(false);
        if (result.IsCommitted)
        {
            (runRevision, lease.Revision, Run, hasEnded) = (result.Revision, result.Revision, run, isEnd);
            renewedAt = Storage.Options.Clock.GetTimestamp();
            options.Progress?.Report(run);
            return [];
        }

        if (result.Conflicts.Any(conflict => conflict.Operation - operations.Count is 0 or 1))
        {
            hasEnded = true;
            throw new StoreException(
                StoreErrorKind.InUse,
                $"The migration of {Names.Show(run.Collection)} lost its lease: another migrator has taken over, or " +
                $"a batch took longer than {options.Lease}. Nothing of the last batch was written; run again, with " +
                "smaller batches or a longer lease, and it goes on where it was.")
            {
                IsTransient = true,
            };
        }

        if (!IndexCatalog.IsStale(result, operations.Count + 2))
        {
            return result.Conflicts;
        }

        await ReloadAsync(run, cancellationToken).ConfigureAwait(false);
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        if (!hasEnded)
        {
            hasEnded = true;
            await lease.ReleaseAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask ReloadAsync(MigrationRun run, CancellationToken cancellationToken)
    {
        var schema = Indexes.Schema;
        Indexes = await Storage.Catalog.ReadAsync(run.Collection, cancellationToken).ConfigureAwait(false);
        if (!isBeginning && Indexes.Schema != schema)
        {
            throw Raised(run, schema);
        }
    }

    private static StoreException Unsettled(MigrationRun run) => new(
        StoreErrorKind.Conflict,
        $"The migration of {Names.Show(run.Collection)} could not begin: its indexes changed during each of " +
        $"{BeginningsMax} attempts. Nothing was written; stop the programs that declare them anew, then run again.")
    {
        IsTransient = true,
    };

    private StoreException Raised(MigrationRun run, string? from) => new(
        StoreErrorKind.Conflict,
        $"The migration of {Names.Show(run.Collection)} to {Names.Show(from)} was stopped: a program has " +
        $"raised the collection to {Names.Show(Indexes.Schema)} meanwhile. Stop the programs that write that " +
        "version, then run again.");
}
