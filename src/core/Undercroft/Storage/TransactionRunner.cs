namespace Undercroft;

/// <summary>Runs transactions: the first time at once, then in order with the other callers of this process, then under
/// a lease that other processes heed too.</summary>
internal sealed class TransactionRunner(Storage storage) : IDisposable
{
    private const int LeaseFromAttempt = 4;
    private const int CatalogAttemptsMax = 10;
    private const string KeyCollection = "$keys";

    private readonly SemaphoreSlim turn = new(1, 1);

    // Whatever a body has started sees the run it was started in, and may outlive it.
    private readonly AsyncLocal<Run?> inside = new();
    private readonly DirectScope direct = new(storage);

    public async ValueTask<TransactionResult> RunAsync(
        Func<ITransaction, ValueTask> body, TransactionOptions options, CancellationToken cancellationToken)
    {
        if (inside.Value is { HasEnded: false })
        {
            throw new InvalidOperationException(
                "A transaction cannot run inside another one of the same storage. Use the outer one's repositories.");
        }

        _ = DocumentDraft.Expiry(options.IdempotencyKept, storage.Now());
        var run = new Run();
        inside.Value = run;
        using var watch = storage.Meter.Watch(StorageOperation.Transaction);
        var hasTurn = false;
        var lease = default(TransactionLease);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var (result, changed) = await TryAsync(body, options, attempt, cancellationToken).ConfigureAwait(false);
                if (result is not null)
                {
                    watch.Succeed(1);
                    return result;
                }

                storage.Meter.Retried();
                if (attempt == storage.Options.TransactionAttemptsMax)
                {
                    throw new TransactionConflictException(attempt, changed);
                }

                if (!hasTurn)
                {
                    await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
                    hasTurn = true;
                }

                if (attempt + 1 >= LeaseFromAttempt && lease is null)
                {
                    lease = await TransactionLease.TakeAsync(storage, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            if (lease is not null)
            {
                await lease.DisposeAsync().ConfigureAwait(false);
            }

            if (hasTurn)
            {
                _ = turn.Release();
            }

            run.HasEnded = true;
        }
    }

    public void Dispose() => turn.Dispose();

    private async ValueTask<(TransactionResult? Result, RecordKey Changed)> TryAsync(
        Func<ITransaction, ValueTask> body, TransactionOptions options, int attempt,
        CancellationToken cancellationToken)
    {
        if (await FindReplayAsync(options, cancellationToken).ConfigureAwait(false) is { } replay)
        {
            return (replay, default);
        }

        var scope = new TransactionScope(storage);
        try
        {
            await body(scope).ConfigureAwait(false);
            return await CommitAsync(scope.Buffer, options, attempt, cancellationToken).ConfigureAwait(false);
        }
        catch (ReadChangedException error)
        {
            return (null, error.Key);
        }
        finally
        {
            scope.End();
        }
    }

    private async ValueTask<(TransactionResult? Result, RecordKey Changed)> CommitAsync(
        TransactionBuffer buffer, TransactionOptions options, int attempt, CancellationToken cancellationToken)
    {
        if (!buffer.HasWrites && options.IdempotencyKey is null)
        {
            var changed = await FindChangeAsync(buffer.Seen, cancellationToken).ConfigureAwait(false);
            return changed is { } key
                ? (null, key)
                : (new TransactionResult(Revision.None, attempt, IsReplay: false), default);
        }

        var write = new WriteOptions { Durability = options.Durability, Origin = options.Origin };
        for (var round = 1; ; round++)
        {
            var indexes = await LoadIndexesAsync(buffer, cancellationToken).ConfigureAwait(false);
            var operations = buffer.ToOperations(collection => indexes[collection]);
            AddKey(operations, options);
            var checksFrom = operations.Count;
            operations.AddRange(indexes.Values.Select(static collection => collection.Check));

            var result = await direct.CommitAsync(operations, write, cancellationToken).ConfigureAwait(false);
            if (result.IsCommitted)
            {
                return (new TransactionResult(result.Revision, attempt, IsReplay: false) { At = result.At }, default);
            }

            var stale = result.Conflicts.Where(conflict => conflict.Operation >= checksFrom).ToList();
            if (stale.Count == 0)
            {
                return (null, Changed(result.Conflicts, operations));
            }

            stale.ForEach(conflict => storage.Catalog.Forget(conflict.Key.Id));
            if (round == CatalogAttemptsMax)
            {
                throw IndexCatalog.KeepsChanging(stale[0].Key.Id);
            }
        }
    }

    /// <summary>Looks whether all that a transaction has read still stands, in one snapshot: then that is where it
    /// happened, and there is nothing to commit.</summary>
    /// <returns>A record that has changed, or null.</returns>
    private async ValueTask<RecordKey?> FindChangeAsync(
        IReadOnlyDictionary<RecordKey, Revision> seen, CancellationToken cancellationToken)
    {
        if (seen.Count <= 1)
        {
            return null;
        }

        var keys = seen.Keys.ToArray();
        var now = await storage.Store
            .ReadAsync(keys, new ReadOptions { Detail = RecordDetail.Keys }, cancellationToken)
            .ConfigureAwait(false);
        for (var i = 0; i < keys.Length; i++)
        {
            if ((now[i]?.Revision ?? Revision.None) != seen[keys[i]])
            {
                return keys[i];
            }
        }

        return null;
    }

    /// <summary>Tells which record made the commit fail; what running again cannot mend is thrown.</summary>
    private static RecordKey Changed(IReadOnlyList<CommitConflict> conflicts, List<StoreOperation> operations)
    {
        // A stale run does not come back: what else has changed no longer matters.
        if (conflicts.FirstOrDefault(static one => one.Kind >= ConflictKind.StaleLease) is { } job)
        {
            throw Conflicts.ToException([job], position => operations[position].Condition);
        }

        var changed = conflicts.FirstOrDefault(static conflict => conflict.Kind == ConflictKind.Condition);
        return changed?.Key ?? throw Conflicts.ToException(conflicts, position => operations[position].Condition);
    }

    private async ValueTask<Dictionary<string, CollectionIndexes>> LoadIndexesAsync(
        TransactionBuffer buffer, CancellationToken cancellationToken)
    {
        var indexes = new Dictionary<string, CollectionIndexes>(StringComparer.Ordinal);
        foreach (var shape in buffer.Collections)
        {
            indexes[shape.Name] = await storage.Catalog.GetAsync(shape, cancellationToken).ConfigureAwait(false);
        }

        return indexes;
    }

    private async ValueTask<TransactionResult?> FindReplayAsync(
        TransactionOptions options, CancellationToken cancellationToken)
    {
        if (options.IdempotencyKey is not { } key)
        {
            return null;
        }

        var read = await storage.Store
            .ReadAsync(
                new RecordKey(KeyCollection, key), new ReadOptions { Detail = RecordDetail.Keys }, cancellationToken)
            .ConfigureAwait(false);
        return read[0] is { } found ? new TransactionResult(found.Revision, 0, IsReplay: true) : null;
    }

    private void AddKey(List<StoreOperation> operations, TransactionOptions options)
    {
        if (options.IdempotencyKey is { } key)
        {
            operations.Add(new PutOperation(new RecordKey(KeyCollection, key), "{}"u8.ToArray(), WriteCondition.Absent)
            {
                ExpiresAt = DocumentDraft.Expiry(options.IdempotencyKept, storage.Now()),
            });
        }
    }

    private sealed class Run
    {
        private volatile bool hasEnded;

        public bool HasEnded
        {
            get => hasEnded;
            set => hasEnded = value;
        }
    }
}
