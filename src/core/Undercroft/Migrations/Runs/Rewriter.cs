namespace Undercroft.Migrations;

/// <summary>Rewrites the documents of a collection to one version, in batches.</summary>
internal sealed class Rewriter(MigrationSession session, VersionedForm form, MigratorOptions options)
{
    private const int AttemptsMax = 20;

    private readonly IStore store = session.Storage.Store;
    private readonly StoreLimits limits = session.Storage.Info.Limits;

    // Documents whose unique values others hold, with the reason: found out by the store only.
    private readonly Dictionary<RecordKey, string> refused = [];

    /// <summary>Goes on from where the run is, to its end or to where it has to stop.</summary>
    public async ValueTask<MigrationRun> RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await store.ScanAsync(NextPage(), cancellationToken).ConfigureAwait(false);
            var batch = await RewriteAsync(
                [.. page.Items.Select(static item => item.Record)], page.Next is null, cancellationToken)
                .ConfigureAwait(false);
            if (batch.Run.State != MigrationState.Running)
            {
                return batch.Run;
            }
        }
    }

    private ScanRequest NextPage() => new()
    {
        Collection = session.Run.Collection,
        After = session.Run.Cursor is { } id ? new ScanPosition(default, id) : null,
        Limit = Math.Clamp((limits.OperationsMax - MigrationSession.OwnOperations) / 2, 1, options.BatchSize),
    };

    private async ValueTask<RewriteBatch> RewriteAsync(
        List<StoreRecord> records, bool isLast, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var batch = Plan(records, isLast);
            if (batch.Operations.Count == 0 && batch.Run.State == MigrationState.Running && !session.MustRenew)
            {
                session.Note(batch.Run);
                return batch;
            }

            var isEnd = batch.Run.State != MigrationState.Running;
            var conflicts = await session
                .TryCommitAsync(batch.Operations, batch.Run, isEnd, cancellationToken)
                .ConfigureAwait(false);
            if (conflicts is { Count: 0 })
            {
                return batch;
            }

            await ReadAgainAsync(records, conflicts ?? [], cancellationToken).ConfigureAwait(false);
        }

        throw new StoreException(
            StoreErrorKind.Conflict,
            $"The migration of {Names.Show(session.Run.Collection)} gave up behind {Names.Show(session.Run.Cursor)}: " +
            "others kept changing the documents there. Run again, with smaller batches; it goes on where it was.")
        {
            IsTransient = true,
        };
    }

    private RewriteBatch Plan(List<StoreRecord> records, bool isLast)
    {
        var batch = new RewriteBatch(session, form, options.KeepsOriginals);
        foreach (var record in records)
        {
            if (batch.Bytes > limits.CommitBytesMax / 4 || (batch.Operations.Count > 0 && session.MustRenew))
            {
                return batch;
            }

            batch.Add(record, refused.GetValueOrDefault(record.Key));
            if (batch.HasFailed && options.OnFailure == FailurePolicy.Stop)
            {
                batch.Stop();
                return batch;
            }
        }

        if (isLast)
        {
            batch.Complete();
        }

        return batch;
    }

    // Whoever wrote meanwhile has won: what they wrote is looked at instead.
    private async ValueTask ReadAgainAsync(
        List<StoreRecord> records, IReadOnlyList<CommitConflict> conflicts, CancellationToken cancellationToken)
    {
        foreach (var conflict in conflicts)
        {
            if (conflict.Kind == ConflictKind.Unique)
            {
                refused[conflict.Key] = Conflicts.ToException([conflict], static _ => default).Message;
                continue;
            }

            var read = await store.ReadAsync(conflict.Key, default, cancellationToken).ConfigureAwait(false);
            var at = records.FindIndex(record => record.Key == conflict.Key);
            if (read[0] is { } found)
            {
                records[at] = found;
            }
            else
            {
                records.RemoveAt(at);
            }
        }
    }
}
