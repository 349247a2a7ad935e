using Undercroft.Copies;

namespace Undercroft.Archives;

/// <summary>Restores a checked archive: one commit for each part, with the place it reaches.</summary>
internal sealed class ArchiveRestore(
    ArchiveContent content, IStore target, RestoreOptions options, TimeProvider clock, IProgress<long>? progress)
{
    private const int RoundsMax = 100;

    private static readonly RecordKey Key = new(Passengers.OwnCollection, "restore");

    // What this restore has written it may write again; what others wrote it may have to keep.
    private readonly string origin = $"$restore {content.Report.Digest[..16]}";

    public async Task<RestoreReport> RunAsync(CancellationToken cancellationToken)
    {
        var lease = await CopyLease.TakeAsync(target, clock, options.Lease, cancellationToken).ConfigureAwait(false);
        await using var owned = lease.ConfigureAwait(false);
        var ledger = new CopyLedger<RestoreStateV1>(target, lease, Key, ArchiveJson.Default.RestoreStateV1, clock);
        var found = await ledger.LoadAsync(cancellationToken).ConfigureAwait(false);
        var state = found ?? await BeginAsync(ledger, cancellationToken).ConfigureAwait(false);
        if (state.Digest != content.Report.Digest || state.Target != options.Target)
        {
            throw Refused(
                "the restore of another archive, or of this one in another way, was begun there and has not ended. " +
                "Go on with that one, or choose another store");
        }

        await foreach (var part in content.PartsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (part.Number > state.Parts)
            {
                state = await WriteAsync(ledger, part, state, cancellationToken).ConfigureAwait(false);
                progress?.Report(state.Written + state.Kept);
            }
        }

        await VerifyAsync(cancellationToken).ConfigureAwait(false);
        _ = await ledger.CommitAsync([], null, origin, cancellationToken).ConfigureAwait(false);
        return new RestoreReport(content.Report, state.Written, state.Kept, found is not null);
    }

    private async ValueTask<RestoreStateV1> BeginAsync(
        CopyLedger<RestoreStateV1> ledger, CancellationToken cancellationToken)
    {
        var sizes = await StoreWalk.MeasureAsync(target, cancellationToken).ConfigureAwait(false);
        if (sizes.Count > 0 && options.Target == RestoreTarget.Empty)
        {
            throw Refused(
                $"it already holds {sizes.Sum(static size => size.Records)} records, the first in " +
                $"{Names.Show(sizes[0].Collection)}. Choose an empty store, or say that records are to be kept or " +
                "may be overwritten");
        }

        var state = new RestoreStateV1(content.Report.Digest, options.Target, 0, 0, 0);
        _ = await ledger.CommitAsync([], state, origin, cancellationToken).ConfigureAwait(false);
        return state;
    }

    private async ValueTask<RestoreStateV1> WriteAsync(
        CopyLedger<RestoreStateV1> ledger,
        ArchivePart part,
        RestoreStateV1 before,
        CancellationToken cancellationToken)
    {
        for (var round = 0; round < RoundsMax; round++)
        {
            var operations = await OperationsAsync(part, cancellationToken).ConfigureAwait(false);
            var after = before with
            {
                Parts = part.Number,
                Written = before.Written + operations.Count,
                Kept = before.Kept + part.Records.Count - operations.Count,
            };
            var pieces = BatchSplit.Cut(operations, target.Info.Limits).ToList();
            var conflicts = (IReadOnlyList<CommitConflict>)[];
            for (var i = 0; i < pieces.Count && conflicts.Count == 0; i++)
            {
                var fitted = options.Target == RestoreTarget.Empty
                    ? pieces[i]
                    : await IndexMerge.ApplyAsync(null, target, pieces[i], cancellationToken).ConfigureAwait(false);
                conflicts = await ledger
                    .CommitAsync(fitted, i == pieces.Count - 1 ? after : before, origin, cancellationToken)
                    .ConfigureAwait(false);
            }

            if (conflicts.Count == 0)
            {
                return after;
            }

            if (conflicts.FirstOrDefault(static conflict => conflict.Kind == ConflictKind.Unique) is not null)
            {
                throw Conflicts.ToException(
                    [.. conflicts.Where(static conflict => conflict.Kind == ConflictKind.Unique)], static _ => default);
            }
        }

        throw Refused(
            "others keep writing the same records. Stop them, and restore again to go on", isTransient: true);
    }

    private async ValueTask<List<StoreOperation>> OperationsAsync(ArchivePart part, CancellationToken cancellationToken)
    {
        var wanted = options.Target == RestoreTarget.Empty
            ? part.Records
            : [.. part.Records.Where(Passengers.IsOneAmongOthers)];
        if (options.Target != RestoreTarget.Keep)
        {
            return [.. wanted.Select(record => ToOperation(record, WriteCondition.Any))];
        }

        // Lists of indexes are never kept nor overwritten: they are brought together.
        var isIndexes = wanted.ToLookup(static record => record.Key.Collection == IndexCatalog.Collection);
        var operations = isIndexes[true].Select(static record => Passengers.ToOperation(record)).ToList();
        foreach (var chunk in isIndexes[false].Chunk(target.Info.Limits.KeysPerReadMax))
        {
            RecordKey[] keys = [.. chunk.Select(static record => record.Key)];
            var read = await target
                .ReadAsync(keys, new ReadOptions { Detail = RecordDetail.Meta }, cancellationToken)
                .ConfigureAwait(false);
            for (var i = 0; i < keys.Length; i++)
            {
                // An archived deletion is about a record of the archive, never about one of the target.
                if (read[i] is null ? !chunk[i].IsDeleted : read[i]!.Origin == origin)
                {
                    operations.Add(
                        ToOperation(chunk[i], WriteCondition.At(read[i]?.Revision ?? Revision.None)));
                }
            }
        }

        return operations;
    }

    private StoreOperation ToOperation(StoreRecord record, WriteCondition condition)
    {
        var meta = record.Meta;
        if (options.KeepsSourceRevisions && record.Revision != Revision.None && !record.IsDeleted)
        {
            meta = meta.With(Passengers.SourceRevision, FormattableString.Invariant($"{record.Revision.Value}"));
        }

        return Passengers.ToOperation(record, condition, meta);
    }

    // Before the last commit: a target that is not what the archive holds keeps saying that it is not finished.
    private async ValueTask VerifyAsync(CancellationToken cancellationToken)
    {
        if (options.Target != RestoreTarget.Empty)
        {
            return;
        }

        var now = clock.GetUtcNow();
        var comparison = await StoreComparison.CompareAsync(
            content.RecordsAsync(now, cancellationToken),
            StoreWalk.RecordsAsync(target, now, cancellationToken),
            null).ConfigureAwait(false);
        if (!comparison.AreEqual)
        {
            throw Refused(
                $"after everything was written {comparison.Different} records differ from the archive, first " +
                $"{comparison.Differences[0]}. Somebody else writes there, or the store is not sound: verify it",
                isTransient: true);
        }
    }

    private StoreException Refused(string why, bool isTransient = false) => new(
        StoreErrorKind.Conflict, $"Cannot restore into '{target.Info.Location ?? target.Info.Backend}': {why}.")
    {
        Backend = target.Info.Backend,
        IsTransient = isTransient,
    };
}
