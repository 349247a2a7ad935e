namespace Undercroft.Stories;

/// <summary>Deletes stories with all that belongs to them.</summary>
internal sealed class LibraryRemoval(Storage storage, LibraryWriter writer)
{
    private const int StoriesAtOnce = 500;
    private const int OperationsEach = 8;

    /// <summary>Deletes stories in one change, then sweeps what nobody sees any more.</summary>
    /// <returns>Which of them were there.</returns>
    public async ValueTask<IReadOnlyList<string>> DeleteAsync(
        IReadOnlyList<string> ids, Revision? expected, CancellationToken cancellationToken)
    {
        var gone = new List<string>();
        _ = await storage.TransactionAsync(
            async transaction =>
            {
                gone.Clear();
                // As bytes: a story whose summary cannot be read can still be deleted.
                var heads = await transaction.Repository(LibraryCollections.RawSummaries)
                    .GetManyAsync(ids, cancellationToken).ConfigureAwait(false);
                if (expected is { } wanted && (heads[0]?.Revision ?? Revision.None) != wanted)
                {
                    throw new RevisionConflictException(
                        LibraryCollections.KeyOf(ids[0]), wanted, heads[0]?.Revision ?? Revision.None);
                }

                gone.AddRange(ids.Where((_, i) => heads[i] is not null));
                await DropAsync(transaction, LibraryCollections.Summaries).ConfigureAwait(false);
                await DropAsync(transaction, LibraryCollections.Contents).ConfigureAwait(false);
                await DropAsync(transaction, LibraryCollections.Pages).ConfigureAwait(false);
                await DropAsync(transaction, LibraryCollections.Saves).ConfigureAwait(false);
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        foreach (var id in ids)
        {
            await writer.SweepAsync(id, cancellationToken).ConfigureAwait(false);
        }

        return gone;

        async ValueTask DropAsync<T>(ITransaction transaction, CollectionDefinition<T> definition) =>
            _ = await transaction.Repository(definition).DeleteManyAsync(ids, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes all stories, many at a time.</summary>
    /// <returns>How many there were.</returns>
    public async ValueTask<long> ClearAsync(CancellationToken cancellationToken)
    {
        var cleared = 0L;
        var most = Math.Max(1, storage.Info.Limits.OperationsMax / OperationsEach);
        foreach (var collection in new[] { LibraryCollections.Summaries.Name, LibraryCollections.Saves.Name })
        {
            var request = new ScanRequest
            {
                Collection = collection,
                Limit = Math.Min(StoriesAtOnce, most),
                Detail = RecordDetail.Keys,
            };
            while (true)
            {
                var page = await storage.Store.ScanAsync(request, cancellationToken).ConfigureAwait(false);
                if (page.Items.Count > 0)
                {
                    string[] ids = [.. page.Items.Select(static item => item.Record.Key.Id)];
                    cleared += (await DeleteAsync(ids, null, cancellationToken).ConfigureAwait(false)).Count;
                }

                if (page.Next is not { } next)
                {
                    break;
                }

                request = request with { After = next };
            }
        }

        return cleared;
    }
}
