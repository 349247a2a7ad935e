using System.Globalization;
using Undercroft.Copies;

namespace Undercroft.Blobs;

/// <summary>Finds the parts of one level that nothing refers to, and deletes them.</summary>
/// <remarks>
/// It notes the place in the feed, lists the parts there are, strikes out all that is referred to, and then what the
/// feed brings since. Each commit that deletes checks that no reference was made since it last looked, and that each
/// part is still the one it listed. So whoever refers to a part meanwhile either makes that commit fail, or comes after
/// it and finds the part missing: then it puts it again. A copy or restore does neither, so it checks too that none is
/// at work.
/// </remarks>
internal sealed class PartSweep(
    Storage storage, DirectScope scope, BlobCollectOptions options, Revision horizon)
{
    // Less than 100 bytes each: larger stores are swept in several rounds.
    private const int CandidatesMax = 250_000;
    private const int ListedAtOnce = 1000;
    private const int DeletionsMax = 500;
    private const int AttemptsMax = 20;

    private readonly IStore store = storage.Store;
    private readonly FeedEnd end = new(storage.Store, storage.Options.Clock, options.HeldBack, "collect the blobs of");
    private readonly Dictionary<ContentHash, Candidate> candidates = [];

    public long Examined { get; private set; }

    public long Deleted { get; private set; }

    public long DeletedBytes { get; private set; }

    public long Spared { get; private set; }

    /// <summary>Sweeps one level.</summary>
    public async ValueTask RunAsync(int level, CancellationToken cancellationToken)
    {
        ScanPosition? after = null;
        do
        {
            var since = await EndAsync(cancellationToken).ConfigureAwait(false);
            after = await ListAsync(level, after, cancellationToken).ConfigureAwait(false);
            if (candidates.Count > 0)
            {
                await StrikeAsync(level, cancellationToken).ConfigureAwait(false);
                await DeleteAsync(level, since, cancellationToken).ConfigureAwait(false);
            }
        }
        while (after is not null);
    }

    private async ValueTask<FeedCursor> EndAsync(CancellationToken cancellationToken)
    {
        var now = new ChangesRequest { After = FeedCursor.End, Limit = 1, Detail = RecordDetail.Keys };
        return (await store.ChangesAsync(now, cancellationToken).ConfigureAwait(false)).Next;
    }

    /// <summary>Lists parts, as many as fit.</summary>
    /// <returns>Where to go on; null at the end.</returns>
    private async ValueTask<ScanPosition?> ListAsync(
        int level, ScanPosition? after, CancellationToken cancellationToken)
    {
        candidates.Clear();
        var request = Scan(level) with { After = after, Detail = RecordDetail.Meta, Limit = ListedAtOnce };
        do
        {
            var page = await store.ScanAsync(request, cancellationToken).ConfigureAwait(false);
            foreach (var (record, _) in page.Items)
            {
                Examined++;
                var digits = record.Key.Id.AsSpan(level == 0 ? 0 : BlobKeys.ListPrefix(level).Length);
                if (ContentHash.TryParse(digits.ToString(), out var hash))
                {
                    _ = long.TryParse(
                        record.Meta[PartWriter.LengthName], CultureInfo.InvariantCulture, out var length);
                    candidates[hash] = new Candidate(record.Revision, length);
                }
            }

            options.Progress?.Report(Examined);
            request = request with { After = page.Next };
        }
        while (request.After is not null && candidates.Count < CandidatesMax);

        return request.After;
    }

    /// <summary>Strikes out all parts that some record refers to.</summary>
    private async ValueTask StrikeAsync(int level, CancellationToken cancellationToken)
    {
        ScanRequest[] places =
        [
            Scan(level + 1), new() { Collection = BlobKeys.Blobs }, new() { Collection = BlobKeys.Uploads },
        ];
        foreach (var place in places)
        {
            var request = place;
            do
            {
                var page = await store.ScanAsync(request, cancellationToken).ConfigureAwait(false);
                foreach (var item in page.Items)
                {
                    Strike(level, item.Record);
                }

                request = request with { After = page.Next };
            }
            while (request.After is not null);
        }
    }

    private void Strike(int level, StoreRecord record)
    {
        foreach (var part in References.Of(record))
        {
            if (part.Level == level)
            {
                _ = candidates.Remove(part.Hash);
            }
        }
    }

    /// <summary>Strikes out what is referred to since a place in the feed.</summary>
    private async ValueTask<FeedCursor> CatchUpAsync(
        int level, FeedCursor since, CancellationToken cancellationToken)
    {
        var request = new ChangesRequest
        {
            After = since, Collections = References.Collections, ShowsHeldBack = true,
        };
        while (true)
        {
            var page = await store.ChangesAsync(request, cancellationToken).ConfigureAwait(false);
            foreach (var change in page.Changes)
            {
                if (!change.IsDeleted)
                {
                    Strike(level, change);
                }
            }

            if (await end.IsReachedAsync(page, cancellationToken).ConfigureAwait(false))
            {
                return page.Next;
            }

            request = request with { After = page.Next };
        }
    }

    private async ValueTask DeleteAsync(int level, FeedCursor since, CancellationToken cancellationToken)
    {
        var attempt = 0;
        var announced = (Revision?)null;
        SpareYoung();
        while (candidates.Count > 0)
        {
            if (announced is null)
            {
                // In this order: what was announced by now is in the feed by now.
                announced = await AnnouncedAsync(cancellationToken).ConfigureAwait(false);
                since = await CatchUpAsync(level, since, cancellationToken).ConfigureAwait(false);
            }

            var batch = candidates.Take(Math.Min(DeletionsMax, store.Info.Limits.OperationsMax - 2)).ToList();
            var conflicts = await TryDeleteAsync(level, batch, announced.Value, cancellationToken)
                .ConfigureAwait(false);
            if (conflicts.Count == 0)
            {
                attempt = 0;
                Done(batch);
                continue;
            }

            // What somebody else wrote or deleted is no longer what was listed.
            foreach (var conflict in conflicts.Where(conflict => conflict.Operation < batch.Count))
            {
                _ = candidates.Remove(batch[conflict.Operation].Key);
            }

            announced = null;
            if (++attempt == AttemptsMax)
            {
                Spared += candidates.Count;
                return;
            }
        }
    }

    private void SpareYoung()
    {
        foreach (var (hash, candidate) in candidates)
        {
            if (candidate.Revision.Value > horizon.Value)
            {
                Spared++;
                _ = candidates.Remove(hash);
            }
        }
    }

    private async ValueTask<Revision> AnnouncedAsync(CancellationToken cancellationToken)
    {
        var read = await store
            .ReadAsync(BlobKeys.References, new ReadOptions { Detail = RecordDetail.Keys }, cancellationToken)
            .ConfigureAwait(false);
        return read[0]?.Revision ?? Revision.None;
    }

    private async ValueTask<IReadOnlyList<CommitConflict>> TryDeleteAsync(
        int level,
        List<KeyValuePair<ContentHash, Candidate>> batch,
        Revision announced,
        CancellationToken cancellationToken)
    {
        if (options.IsDryRun)
        {
            return [];
        }

        var operations = new List<StoreOperation>(batch.Count + 1);
        operations.AddRange(batch.Select(one => new DeleteOperation(
            new BlobNode(level, one.Key, one.Value.Length).Key, WriteCondition.At(one.Value.Revision))));
        operations.Add(new CheckOperation(BlobKeys.References, WriteCondition.At(announced)));
        operations.Add(new CheckOperation(CopyLease.Key, WriteCondition.Absent));
        var result = await scope.CommitAsync(operations, null, cancellationToken).ConfigureAwait(false);
        return result.Conflicts.Any(static conflict => conflict.Key == CopyLease.Key)
            ? throw BlobErrors.IsCopiedInto(store.Info)
            : result.Conflicts;
    }

    private void Done(List<KeyValuePair<ContentHash, Candidate>> batch)
    {
        foreach (var (hash, candidate) in batch)
        {
            Deleted++;
            DeletedBytes += candidate.Length;
            _ = candidates.Remove(hash);
        }
    }

    private static ScanRequest Scan(int level) => level == 0
        ? new() { Collection = BlobKeys.Chunks }
        : new() { Collection = BlobKeys.Lists, Range = ScanRange.Prefix(BlobKeys.ListPrefix(level)) };

    private readonly record struct Candidate(Revision Revision, long Length);
}
