namespace Undercroft.Migrations;

/// <summary>Brings the stored documents of a collection to one version, in the background and in batches.</summary>
/// <remarks>
/// Reads do it one by one anyway; a run makes it last. Others may read and write meanwhile: their writes win, and what
/// they wrote is looked at again. Documents keep their times, tags and expiry; their revisions grow. A run can be
/// stopped or killed anywhere: the next one goes on where it was, and no document takes a step twice, for each batch
/// is one commit of documents, originals, cursor and counts. One migrator at a time has a collection's lease.
/// </remarks>
public sealed class Migrator
{
    private readonly Storage storage;
    private readonly VersionedForm form;
    private readonly MigratorOptions options;
    private readonly MigrationLedger ledger;

    /// <summary>Makes a migrator for a collection.</summary>
    /// <param name="storage">The storage.</param>
    /// <param name="collection">The collection.</param>
    /// <param name="chain">The versions and steps; documents are brought to <see cref="MigrationChain.Current"/>, be
    /// it up or down.</param>
    /// <param name="options">The settings; null means the defaults.</param>
    /// <exception cref="InvalidOperationException">The chain does not say which version is current.</exception>
    public Migrator(Storage storage, string collection, MigrationChain chain, MigratorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(chain);
        RecordKey.CheckCollection(collection);
        this.storage = storage;
        this.options = options ?? new MigratorOptions();
        this.options.Validate();
        Collection = collection;
        form = new VersionedForm(chain);
        ledger = new MigrationLedger(storage.Store);
    }

    /// <summary>The collection.</summary>
    public string Collection { get; }

    /// <summary>The version documents are brought to.</summary>
    public string Target => form.Current;

    /// <summary>Counts the documents at each version, and finds their ways.</summary>
    /// <param name="cancellationToken">Ends the walk.</param>
    public async ValueTask<MigrationPlan> PlanAsync(CancellationToken cancellationToken = default)
    {
        var runner = await DryAsync(cancellationToken).ConfigureAwait(false);
        return await runner.CountAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Migrates every document in memory, and says what a run would do. Nothing is written.</summary>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <remarks>Values that would no longer be unique are found among the first 100,000.</remarks>
    public async ValueTask<MigrationDryRun> DryRunAsync(CancellationToken cancellationToken = default)
    {
        var runner = await DryAsync(cancellationToken).ConfigureAwait(false);
        return await runner.TryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Migrates the collection: goes on with the last run where that has not ended, else begins one.</summary>
    /// <param name="cancellationToken">Ends the work between two batches, or takes back the one under way; the next run
    /// goes on there.</param>
    /// <returns>The run at its end: completed, or stopped at a document where <see cref="MigratorOptions.OnFailure"/>
    /// says so.</returns>
    /// <exception cref="StoreException">Somebody else is at it (<see cref="StoreErrorKind.InUse"/>); an unfinished run
    /// has another target, or a program raised the collection meanwhile (<see cref="StoreErrorKind.Conflict"/>).
    /// </exception>
    public async ValueTask<MigrationRun> RunAsync(CancellationToken cancellationToken = default)
    {
        var session = await MigrationSession.BeginAsync(storage, Collection, options, cancellationToken)
            .ConfigureAwait(false);
        MigrationRun run;
        await using (session.ConfigureAwait(false))
        {
            var (begun, revision) = await BeginAsync(cancellationToken).ConfigureAwait(false);
            await session.OpenAsync(begun, revision, Target, cancellationToken).ConfigureAwait(false);
            run = await new Rewriter(session, form, options).RunAsync(cancellationToken).ConfigureAwait(false);
        }

        if (run.State == MigrationState.Completed)
        {
            await SettleAsync(run, form, cancellationToken).ConfigureAwait(false);
        }

        return run;
    }

    /// <summary>Takes a run back: every document that was not written since gets its original, to the byte, with its
    /// times, tags and expiry, and the collection the version it had.</summary>
    /// <param name="mode">What becomes of documents written since.</param>
    /// <param name="cancellationToken">Ends the work; roll back again, and it goes on where it was.</param>
    /// <returns>The run, with what was done in <see cref="MigrationRun.Rollback"/>.</returns>
    /// <exception cref="StoreException">There is no run with originals, or somebody else is at it.</exception>
    /// <remarks>It takes back the last run that was not. Documents it leaves keep their originals, so that rolling back
    /// once more, in another mode, can still do it.</remarks>
    public async ValueTask<MigrationRun> RollbackAsync(
        RollbackMode mode = RollbackMode.KeepChanged, CancellationToken cancellationToken = default)
    {
        var session = await MigrationSession.BeginAsync(storage, Collection, options, cancellationToken)
            .ConfigureAwait(false);
        MigrationRun run;
        await using (session.ConfigureAwait(false))
        {
            var (last, revision) = await LastAsync(mode, cancellationToken).ConfigureAwait(false);
            var begun = last.State == MigrationState.RollingBack ? last : last with
            {
                State = MigrationState.RollingBack, Cursor = null, Rollback = new MigrationRollback(),
            };
            await session.OpenAsync(begun, revision, begun.Before, cancellationToken).ConfigureAwait(false);
            var restorer = new Restorer(session, form.Chain, mode, options.BatchSize);
            run = await restorer.RunAsync(cancellationToken).ConfigureAwait(false);
        }

        DocumentForm before = run.Before is null ? RawForm.Instance : new VersionedForm(form.Chain.To(run.Before));
        await SettleAsync(run, before, cancellationToken).ConfigureAwait(false);
        return run;
    }

    /// <summary>Lists the runs over the collection, the latest first.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<IReadOnlyList<MigrationRun>> HistoryAsync(CancellationToken cancellationToken = default)
    {
        var runs = await ledger.ListAsync(Collection, cancellationToken).ConfigureAwait(false);
        return [.. runs.Select(static entry => entry.Run)];
    }

    /// <summary>Forgets the originals of runs that ended a while ago. They can no longer be rolled back; their history
    /// stays.</summary>
    /// <param name="olderThan">How long ago they must have ended, at least.</param>
    /// <param name="cancellationToken">Ends the work; what is left is forgotten the next time.</param>
    /// <returns>How many originals were forgotten.</returns>
    /// <exception cref="StoreException">Somebody else is at it: <see cref="StoreErrorKind.InUse"/>.</exception>
    public async ValueTask<long> ForgetOriginalsAsync(
        TimeSpan olderThan, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(olderThan, TimeSpan.Zero);
        var session = await MigrationSession.BeginAsync(storage, Collection, options, cancellationToken)
            .ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            var forgotten = 0L;
            var before = storage.Now() - olderThan;
            foreach (var (run, revision) in await ledger.ListAsync(Collection, cancellationToken).ConfigureAwait(false))
            {
                if (run is { HasOriginals: true, IsFinished: true } && run.UpdatedAt <= before)
                {
                    var schema = await storage.Catalog.ReadAsync(Collection, cancellationToken).ConfigureAwait(false);
                    await session.OpenAsync(run, revision, schema.Schema, cancellationToken).ConfigureAwait(false);
                    forgotten += await OriginalsEraser.EraseAsync(session, options, cancellationToken)
                        .ConfigureAwait(false);
                }
            }

            return forgotten;
        }
    }

    private async ValueTask<DryRunner> DryAsync(CancellationToken cancellationToken)
    {
        var indexes = await storage.Catalog.ReadAsync(Collection, cancellationToken).ConfigureAwait(false);
        return new DryRunner(storage, Collection, form, indexes, options);
    }

    private async ValueTask<(MigrationRun Run, Revision Revision)> BeginAsync(CancellationToken cancellationToken)
    {
        var runs = await ledger.ListAsync(Collection, cancellationToken).ConfigureAwait(false);
        if (runs is [var (last, revision), ..] && !last.IsFinished)
        {
            return last.State == MigrationState.RollingBack || last.Target != Target
                ? throw Unfinished(last)
                : (GoOn(last), revision);
        }

        var indexes = await storage.Catalog.ReadAsync(Collection, cancellationToken).ConfigureAwait(false);
        var now = storage.Now().ToUniversalTime();
        var run = new MigrationRun
        {
            Number = await ledger.NextNumberAsync(cancellationToken).ConfigureAwait(false),
            Collection = Collection,
            Target = Target,
            Before = indexes.Schema,
            StartedAt = now,
            UpdatedAt = now,
            HasOriginals = options.KeepsOriginals,
        };
        return (run, Revision.None);
    }

    // It begins with the document it stopped at, so that one is counted again.
    private static MigrationRun GoOn(MigrationRun run) => run.State == MigrationState.Running ? run : run with
    {
        State = MigrationState.Running,
        Examined = run.Examined - 1,
        Failed = run.Failed - 1,
        Failures = [.. run.Failures.Take((int)Math.Min(run.Failed - 1, MigrationRun.FailuresMax))],
    };

    private StoreException Unfinished(MigrationRun run) => new(
        StoreErrorKind.Conflict,
        $"Cannot migrate {Names.Show(Collection)} to {Names.Show(Target)}: its run {run.Number} to " +
        $"{Names.Show(run.Target)} is {run.State}. Finish it first: " +
        (run.State == MigrationState.RollingBack ? "roll back again." : "run it to its end, or roll it back."));

    private async ValueTask<(MigrationRun Run, Revision Revision)> LastAsync(
        RollbackMode mode, CancellationToken cancellationToken)
    {
        var runs = await ledger.ListAsync(Collection, cancellationToken).ConfigureAwait(false);
        foreach (var (run, revision) in runs)
        {
            // A run that found all done is passed over; what a rollback left, one that leaves less may take back.
            var isOpen = run.State == MigrationState.RolledBack
                ? run is { HasOriginals: true, Rollback.Kept: > 0 } && mode != RollbackMode.KeepChanged
                : run.State != MigrationState.Completed || run.Rewritten > 0 || run.Before != run.Target;
            if (isOpen)
            {
                return run.HasOriginals ? (run, revision) : throw CannotRollBack(
                    FormattableString.Invariant($"its run {run.Number} has kept no originals"));
            }
        }

        throw CannotRollBack("no run is left to take back");
    }

    private StoreException CannotRollBack(string why) => new(
        StoreErrorKind.Unsupported,
        $"Cannot roll {Names.Show(Collection)} back: {why}. Migrate to an older version instead, where there are " +
        "steps down.");

    // Everything was written with its entries: this looks, and marks the indexes ready.
    private async ValueTask SettleAsync(MigrationRun run, DocumentForm reader, CancellationToken cancellationToken)
    {
        var indexes = await storage.Catalog.ReadAsync(Collection, cancellationToken).ConfigureAwait(false);
        var shape = new CollectionShape(Collection, indexes.All, reader);
        try
        {
            _ = await storage.Catalog.GetAsync(shape, cancellationToken).ConfigureAwait(false);
        }
        catch (UniqueConflictException) when (run.Failed > 0)
        {
            // The run names the documents; until they are mended the index is not used.
        }
    }
}
