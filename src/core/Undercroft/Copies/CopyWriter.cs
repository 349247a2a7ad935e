namespace Undercroft.Copies;

/// <summary>Writes pages of the source's feed into the target, each with the place it reaches.</summary>
/// <remarks>
/// A page shows each record as it is now, not as it was: so for a while the target may hold a record as it was before
/// another took over its unique value. Where the target finds that in the way, both are read again from the source, out
/// of one snapshot, and written together.
/// </remarks>
internal sealed class CopyWriter(
    IStore source, IStore target, CopyLedger<CopyStateV1> ledger, StoreCopyOptions options)
{
    private const int RepairsMax = 100;

    /// <summary>Applies a page.</summary>
    /// <param name="changes">Records and tombstones of the source.</param>
    /// <param name="before">Where the copy is.</param>
    /// <param name="after">Where it is after the page, but for what it counts.</param>
    /// <param name="cancellationToken">Ends the wait; what was not committed comes again.</param>
    /// <returns>Where the copy is now.</returns>
    public async ValueTask<CopyStateV1> ApplyAsync(
        IReadOnlyList<StoreRecord> changes, CopyStateV1 before, CopyStateV1 after, CancellationToken cancellationToken)
    {
        var wanted = before.IsDiff
            ? await LeaveOutEqualAsync(changes, cancellationToken).ConfigureAwait(false)
            : changes;
        var operations = wanted
            .Where(static record => Passengers.IsOne(record.Key.Collection))
            .Where(record => options.Target != CopyTarget.Overwrite || Passengers.IsOneAmongOthers(record))
            .Select(static record => Passengers.ToOperation(record))
            .ToList();
        var parts = BatchSplit.Cut(operations, target.Info.Limits).ToList();
        for (var i = 0; i < parts.Count - 1; i++)
        {
            // Only the last part brings the copy forward and counts: until then all of the page would come again.
            _ = await CommitAsync(parts[i], _ => before, cancellationToken).ConfigureAwait(false);
        }

        // What did not matter need not be kept, unless it says something new.
        var last = parts[^1];
        return operations.Count == 0 && after with { Cursor = before.Cursor } == before
            ? after
            : await CommitAsync(last, written => after.With([.. parts.SkipLast(1).SelectMany(p => p), .. written]),
                cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes from the target what the source does not have.</summary>
    /// <param name="state">Where the copy is.</param>
    /// <param name="after">Where it is when nothing is left to delete, but for what it counts.</param>
    /// <param name="cancellationToken">Ends the work; it begins again when the copy goes on.</param>
    /// <returns>Where the copy is now.</returns>
    public async ValueTask<CopyStateV1> PruneAsync(
        CopyStateV1 state, CopyStateV1 after, CancellationToken cancellationToken)
    {
        var size = Math.Min(
            BatchSplit.SizeMax(target.Info.Limits, options.BatchSize), source.Info.Limits.KeysPerReadMax);
        foreach (var collection in await StoreWalk.CollectionsAsync(target, cancellationToken).ConfigureAwait(false))
        {
            var request = new ScanRequest { Collection = collection, Limit = size, Detail = RecordDetail.Keys };
            do
            {
                var page = await target.ScanAsync(request, cancellationToken).ConfigureAwait(false);
                var deletes = await MissingAsync(page, cancellationToken).ConfigureAwait(false);
                if (deletes.Count > 0)
                {
                    state = await CommitAsync(deletes, state.With, cancellationToken).ConfigureAwait(false);
                }

                request = request with { After = page.Next };
            }
            while (request.After is not null);
        }

        return await SaveAsync(after with { Deletions = state.Deletions }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes down where the copy is, with nothing else.</summary>
    public ValueTask<CopyStateV1> SaveAsync(CopyStateV1 state, CancellationToken cancellationToken) =>
        CommitAsync([], _ => state, cancellationToken);

    private async ValueTask<CopyStateV1> CommitAsync(
        List<StoreOperation> batch,
        Func<IReadOnlyList<StoreOperation>, CopyStateV1> after,
        CancellationToken cancellationToken)
    {
        for (var repairs = 0; repairs < RepairsMax; repairs++)
        {
            var state = after(batch);
            var fitted = options.Target == CopyTarget.Overwrite
                ? await IndexMerge.ApplyAsync(source, target, batch, cancellationToken).ConfigureAwait(false)
                : batch;
            var conflicts = await ledger.CommitAsync(fitted, state, options.Origin, cancellationToken)
                .ConfigureAwait(false);
            if (conflicts.Count == 0)
            {
                return state;
            }

            batch = await RepairAsync(batch, conflicts, cancellationToken).ConfigureAwait(false);
        }

        throw new StoreException(
            StoreErrorKind.Conflict,
            $"Cannot copy {Names.Show(batch[0].Key.ToString())} and others: unique values keep moving between " +
            "records faster than they can be read. Run the copy again; it goes on where it is.")
        {
            IsTransient = true,
        };
    }

    private async ValueTask<List<StoreOperation>> RepairAsync(
        List<StoreOperation> batch, IReadOnlyList<CommitConflict> conflicts, CancellationToken cancellationToken)
    {
        // A deletion of what the target changed meanwhile is no longer ours to make.
        var lost = conflicts
            .Where(static conflict => conflict.Kind == ConflictKind.Condition)
            .Select(static conflict => conflict.Key)
            .ToHashSet();
        var unique = conflicts.Where(static conflict => conflict.Kind == ConflictKind.Unique).ToList();
        RecordKey[] keys = [.. unique.SelectMany(c => new[] { c.Key, c.Holder ?? c.Key }).Distinct()];
        var operations = batch
            .Where(operation => operation is not DeleteOperation || !lost.Contains(operation.Key))
            .ToDictionary(static operation => operation.Key);
        if (keys.Length > 0)
        {
            var read = await source
                .ReadAsync(
                    keys, new ReadOptions { Detail = RecordDetail.Complete, IncludeDeleted = true }, cancellationToken)
                .ConfigureAwait(false);
            for (var i = 0; i < keys.Length; i++)
            {
                operations[keys[i]] = read[i] is { } record
                    ? Passengers.ToOperation(record)
                    : Gone(keys[i], unique);
            }
        }

        return [.. operations.Values];
    }

    private DeleteOperation Gone(RecordKey key, List<CommitConflict> conflicts)
    {
        var conflict = conflicts.Find(conflict => conflict.Holder == key);
        return conflict is null || options.Target != CopyTarget.Overwrite
            ? new DeleteOperation(key) { LeavesTombstone = true }
            : throw new UniqueConflictException(
                conflict.Key, CollectionIndexes.DeclaredName(conflict.Index!), key);
    }

    private async ValueTask<IReadOnlyList<StoreRecord>> LeaveOutEqualAsync(
        IReadOnlyList<StoreRecord> changes, CancellationToken cancellationToken)
    {
        var wanted = new List<StoreRecord>(changes.Count);
        foreach (var chunk in changes.Chunk(target.Info.Limits.KeysPerReadMax))
        {
            RecordKey[] keys = [.. chunk.Select(static record => record.Key)];
            var read = await target
                .ReadAsync(
                    keys, new ReadOptions { Detail = RecordDetail.Complete, IncludeDeleted = true }, cancellationToken)
                .ConfigureAwait(false);
            wanted.AddRange(chunk.Where((record, i) => read[i] is { } found
                ? Passengers.Difference(record, found) is not null && !IsOthers(record, found)
                : !record.IsDeleted));
        }

        return wanted;

        // What the source deleted before is not what the target has of its own under that key.
        bool IsOthers(StoreRecord record, StoreRecord found) =>
            options.Target == CopyTarget.Overwrite && record.IsDeleted && found.Origin != options.Origin;
    }

    private async ValueTask<List<StoreOperation>> MissingAsync(ScanPage page, CancellationToken cancellationToken)
    {
        if (page.Items.Count == 0)
        {
            return [];
        }

        RecordKey[] keys = [.. page.Items.Select(static item => item.Record.Key)];
        var read = await source
            .ReadAsync(keys, new ReadOptions { Detail = RecordDetail.Keys }, cancellationToken)
            .ConfigureAwait(false);
        return
        [
            .. page.Items
                .Where((_, i) => read[i] is null)
                .Select(static item => new DeleteOperation(item.Record.Key, WriteCondition.At(item.Record.Revision))),
        ];
    }
}
