namespace Undercroft.Migrations;

/// <summary>Takes a run back: first the documents whose originals were kept, then those written since.</summary>
internal sealed class Restorer(MigrationSession session, MigrationChain chain, RollbackMode mode, int batchSize)
{
    private const int AttemptsMax = 20;

    private readonly IStore store = session.Storage.Store;
    private readonly string originals = MigrationLedger.OriginalsOf(session.Run);
    private readonly int pageSize = Math.Clamp(
        (session.Storage.Info.Limits.OperationsMax - MigrationSession.OwnOperations) / 2, 1, batchSize);

    // What a document that was migrated is compared with.
    private readonly VersionedForm target = new(chain.To(session.Run.Target));

    public async ValueTask<MigrationRun> RunAsync(CancellationToken cancellationToken)
    {
        while (session.Run.State == MigrationState.RollingBack)
        {
            var isSecond = session.Run.Rollback!.IsPastOriginals;
            var request = new ScanRequest
            {
                Collection = isSecond ? session.Run.Collection : originals,
                After = session.Run.Cursor is { } id ? new ScanPosition(default, id) : null,
                Limit = pageSize,
            };
            var page = await store.ScanAsync(request, cancellationToken).ConfigureAwait(false);
            await TryPageAsync(page, isSecond, cancellationToken).ConfigureAwait(false);
        }

        return session.Run;
    }

    private async ValueTask TryPageAsync(ScanPage page, bool isSecond, CancellationToken cancellationToken)
    {
        // A batch that lost against a writer is made again from what is there now.
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var batch = new RestoreBatch(session, chain, target, mode);
            foreach (var item in page.Items)
            {
                if (batch.Bytes > session.Storage.Info.Limits.CommitBytesMax / 4)
                {
                    break;
                }

                await AddAsync(batch, item.Record, isSecond, cancellationToken).ConfigureAwait(false);
            }

            if (page.Next is null && batch.Added == page.Items.Count)
            {
                batch.EndPhase(isSecond);
            }

            var conflicts = await session
                .TryCommitAsync(
                    batch.Operations, batch.Run, batch.Run.State == MigrationState.RolledBack, cancellationToken)
                .ConfigureAwait(false);
            if (conflicts is { Count: 0 })
            {
                return;
            }

            if (conflicts?.FirstOrDefault(static conflict => conflict.Kind == ConflictKind.Unique) is { } taken)
            {
                throw Conflicts.ToException([taken], static _ => default);
            }
        }

        throw new StoreException(
            StoreErrorKind.Conflict,
            $"The rollback of {Names.Show(session.Run.Collection)} gave up: others kept changing the documents " +
            $"behind {Names.Show(session.Run.Cursor)}. Roll back again; it goes on where it was.")
        {
            IsTransient = true,
        };
    }

    private async ValueTask AddAsync(
        RestoreBatch batch, StoreRecord scanned, bool isSecond, CancellationToken cancellationToken)
    {
        var id = scanned.Key.Id;
        KeyList keys = new[] { new RecordKey(session.Run.Collection, id), new RecordKey(originals, id) };
        var read = await store.ReadAsync(keys, default, cancellationToken).ConfigureAwait(false);
        if (!isSecond)
        {
            batch.AddOriginal(read[1] ?? scanned, read[0]);
        }
        else
        {
            batch.AddWithoutOriginal(id, read[0], hasOriginal: read[1] is not null);
        }
    }
}
