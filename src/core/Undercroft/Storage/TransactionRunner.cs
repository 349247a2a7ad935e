namespace Undercroft;

/// <summary>Runs transactions: the first time at once, then in turn with others who want the same.</summary>
internal sealed class TransactionRunner(Storage storage)
{
    private const int CatalogAttemptsMax = 10;

    // Once may be chance, or a body that plays somebody else; twice it is how the body is written.
    private const int OwnLossesMax = 2;
    private const string KeyCollection = "$keys";

    private readonly DirectScope direct = new(storage);

    public async ValueTask<TransactionResult> RunAsync(
        Func<ITransaction, ValueTask> body, TransactionOptions options, CancellationToken cancellationToken)
    {
        if (storage.Turns.Current is { IsInBody: true })
        {
            throw new InvalidOperationException(
                "A transaction cannot run inside another one of the same storage. Use the outer one's repositories, " +
                "or begin it when the outer one's body is over.");
        }

        _ = DocumentDraft.Expiry(options.IdempotencyKept, storage.Now());
        using var watch = storage.Meter.Watch(StorageOperation.Transaction);
        var turn = new WriteTurn(storage);
        await using (turn.ConfigureAwait(false))
        {
            var ownLosses = 0;
            for (var attempt = 1; ; attempt++)
            {
                var flow = new TurnFlow(turn, isBody: true);
                var (result, changed) = await TryAsync(body, options, flow, attempt, cancellationToken)
                    .ConfigureAwait(false);
                if (result is not null)
                {
                    watch.Succeed(1);
                    return result;
                }

                ownLosses = flow.HasWrittenPast(changed) ? ownLosses + 1 : 0;
                if (ownLosses == OwnLossesMax)
                {
                    throw TransactionConflictException.WithItself(attempt, changed);
                }

                storage.Meter.Retried();
                if (attempt == storage.Options.TransactionAttemptsMax)
                {
                    throw new TransactionConflictException(attempt, changed);
                }

                await turn.LostAsync(changed, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<(TransactionResult? Result, RecordKey Changed)> TryAsync(
        Func<ITransaction, ValueTask> body,
        TransactionOptions options,
        TurnFlow flow,
        int attempt,
        CancellationToken cancellationToken)
    {
        if (await FindReplayAsync(options, cancellationToken).ConfigureAwait(false) is { } replay)
        {
            return (replay, default);
        }

        // Whatever the body starts sees the transaction it was started in, and may outlive it.
        storage.Turns.Current = flow;
        var scope = new TransactionScope(storage, flow.Turn, options.IdempotencyKey is null ? 0 : 1);
        return await RunBodyAsync(body, scope, flow, cancellationToken).ConfigureAwait(false) is { } changed
            ? (null, changed)
            : await CommitAsync(scope.End(), options, attempt, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs the body once. What it throws counts only where what it has read fits together and still stands:
    /// else it may have decided on a state that never was.</summary>
    /// <returns>A record that has changed since it was read, so that the body must run again; null where it ended well.
    /// </returns>
    private async ValueTask<RecordKey?> RunBodyAsync(
        Func<ITransaction, ValueTask> body,
        TransactionScope scope,
        TurnFlow flow,
        CancellationToken cancellationToken)
    {
        try
        {
            await body(scope).ConfigureAwait(false);
            return null;
        }
        catch (ReadChangedException error)
        {
            return error.Key;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            var changed = await TryFindChangeAsync(scope.End().Seen, cancellationToken).ConfigureAwait(false);
            if (changed is null)
            {
                throw;
            }

            return changed;
        }
        finally
        {
            _ = scope.End();
            flow.LeaveBody();
        }
    }

    private async ValueTask<RecordKey?> TryFindChangeAsync(
        IReadOnlyDictionary<RecordKey, Revision> seen, CancellationToken cancellationToken)
    {
        try
        {
            return await FindChangeAsync(seen, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is StoreException or ObjectDisposedException or OperationCanceledException)
        {
            // The body's own failure is what there is to tell.
            return null;
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
            if (buffer.FindOldGuard(storage.Now()) is { } guard)
            {
                return (null, guard);
            }

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

    /// <summary>Looks whether all that a transaction has read still stands: then it happened when this began, and there
    /// is nothing to commit.</summary>
    /// <returns>A record that has changed, or null.</returns>
    private async ValueTask<RecordKey?> FindChangeAsync(
        IReadOnlyDictionary<RecordKey, Revision> seen, CancellationToken cancellationToken)
    {
        if (seen.Count <= 1)
        {
            return null;
        }

        // A revision found again was there all the time. What was missing may have come and gone: so that goes first,
        // and its snapshot is the moment for which the reads that follow vouch too.
        var keys = seen.Keys.OrderBy(key => seen[key] != Revision.None);
        foreach (var chunk in keys.Chunk(storage.Info.Limits.KeysPerReadMax))
        {
            var now = await storage.Store
                .ReadAsync(chunk, new ReadOptions { Detail = RecordDetail.Keys }, cancellationToken)
                .ConfigureAwait(false);
            for (var i = 0; i < chunk.Length; i++)
            {
                if ((now[i]?.Revision ?? Revision.None) != seen[chunk[i]])
                {
                    return chunk[i];
                }
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
                new RecordKey(KeyCollection, key), new ReadOptions { Detail = RecordDetail.Meta }, cancellationToken)
            .ConfigureAwait(false);
        return read[0] is { } found
            ? new TransactionResult(found.Revision, 0, IsReplay: true) { At = found.UpdatedAt }
            : null;
    }

    private static void AddKey(List<StoreOperation> operations, TransactionOptions options)
    {
        if (options.IdempotencyKey is { } key)
        {
            operations.Add(new PutOperation(new RecordKey(KeyCollection, key), "{}"u8.ToArray(), WriteCondition.Absent)
            {
                TimeToLive = options.IdempotencyKept == Timeout.InfiniteTimeSpan ? null : options.IdempotencyKept,
            });
        }
    }
}
