namespace Undercroft.Stories;

/// <summary>Deletes parts of a story that it no longer points at.</summary>
internal sealed class PartSweeper(Storage storage, int operationsSpare)
{
    private const int DeletesMax = 1000;

    /// <summary>Deletes all parts but those kept, as long as the story is as it was left and nobody saves it.</summary>
    /// <param name="storyId">The story.</param>
    /// <param name="kept">The ids of the documents that stay.</param>
    /// <param name="left">The revision the story was left at; none where it was deleted.</param>
    /// <param name="cancellationToken">Ends the work; what is left goes with the next sweep.</param>
    public async ValueTask SweepAsync(
        string storyId, HashSet<string> kept, Revision left, CancellationToken cancellationToken)
    {
        var request = new ScanRequest
        {
            Collection = LibraryCollections.Passages.Name,
            Range = ScanRange.Prefix(LibraryCollections.PartPrefix(storyId)),
            Limit = Math.Clamp(storage.Info.Limits.OperationsMax - operationsSpare, 1, DeletesMax),
            Detail = RecordDetail.Keys,
        };
        while (true)
        {
            var page = await storage.Store.ScanAsync(request, cancellationToken).ConfigureAwait(false);
            string[] gone = [.. page.Items.Select(static item => item.Record.Key.Id).Where(id => !kept.Contains(id))];
            var isAlone = gone.Length == 0
                || await DeleteQuietlyAsync(storyId, gone, left, cancellationToken).ConfigureAwait(false);
            if (!isAlone || page.Next is not { } next)
            {
                return;
            }

            request = request with { After = next };
        }
    }

    private async ValueTask<bool> DeleteQuietlyAsync(
        string storyId, string[] gone, Revision left, CancellationToken cancellationToken)
    {
        var isAlone = true;
        _ = await storage.TransactionAsync(
            async transaction =>
            {
                var head = await transaction.Repository(LibraryCollections.Summaries)
                    .GetAsync(storyId, cancellationToken).ConfigureAwait(false);
                var mark = await transaction.Repository(LibraryCollections.Saves)
                    .GetAsync(storyId, cancellationToken).ConfigureAwait(false);
                isAlone = mark is null && (head?.Revision ?? Revision.None) == left;
                if (isAlone)
                {
                    _ = await transaction.Repository(LibraryCollections.Passages)
                        .DeleteManyAsync(gone, cancellationToken).ConfigureAwait(false);
                }
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return isAlone;
    }
}
