using Undercroft.Queries;

namespace Undercroft.Stories;

/// <summary>What one consumer has acknowledged, in the same store as the stories.</summary>
internal sealed class SyncLedger(Storage storage, string consumer)
{
    private const int ErrorMax = 1000;
    private const int ReadMax = 1000;

    private static readonly CollectionDefinition<SyncCursorDocument> Cursors =
        new("story-sync", StoryJsonForm.Context.SyncCursorDocument);

    private static readonly CollectionDefinition<SyncStoryDocument> Stories =
        new("story-sync-stories", StoryJsonForm.Context.SyncStoryDocument);

    private readonly string prefix = LibraryCollections.PartPrefix(consumer);
    private readonly IRepository<SyncCursorDocument> cursors = storage.Repository(Cursors);
    private readonly IRepository<SyncStoryDocument> stories = storage.Repository(Stories);

    public async ValueTask<FeedCursor> CursorAsync(CancellationToken cancellationToken) =>
        await cursors.GetAsync(consumer, cancellationToken).ConfigureAwait(false) is { } kept
            ? new FeedCursor(kept.Value.Cursor)
            : FeedCursor.Beginning;

    public async ValueTask MoveAsync(FeedCursor cursor, CancellationToken cancellationToken) => _ = await cursors
        .UpsertAsync(consumer, new SyncCursorDocument(cursor.ToString()), null, cancellationToken)
        .ConfigureAwait(false);

    /// <summary>Reads what is known of some stories; null where nothing is.</summary>
    public async ValueTask<IReadOnlyList<SyncStoryDocument?>> ReadAsync(
        IReadOnlyList<string> storyIds, CancellationToken cancellationToken)
    {
        var known = new List<SyncStoryDocument?>(storyIds.Count);
        foreach (var chunk in storyIds.Chunk(ReadMax))
        {
            var found = await stories
                .GetManyAsync(Array.ConvertAll(chunk, IdOf), cancellationToken).ConfigureAwait(false);
            known.AddRange(found.Select(static document => document?.Value));
        }

        return known;
    }

    /// <summary>Lists all that is known, lazily.</summary>
    public IAsyncEnumerable<Document<SyncStoryDocument>> ListAsync(CancellationToken cancellationToken) =>
        stories.Query().Where(Filter.StartsWith("$id", prefix)).StreamAsync(cancellationToken);

    /// <summary>Notes that the consumer has what the entry says.</summary>
    public async ValueTask AcknowledgeAsync(StorySyncEntry entry, CancellationToken cancellationToken) =>
        _ = await storage.TransactionAsync(
            async transaction =>
            {
                var all = transaction.Repository(Stories);
                var id = IdOf(entry.StoryId);
                var known = await all.GetAsync(id, cancellationToken).ConfigureAwait(false);
                if (entry.Revision != Revision.None && known?.Value.Acknowledged > entry.Revision.Value)
                {
                    // A later version is acknowledged already.
                    return;
                }

                _ = entry.Operation == StorySyncOperation.Delete
                    ? await all.DeleteAsync(id, cancellationToken: cancellationToken).ConfigureAwait(false)
                    : await all.UpsertAsync(
                        id,
                        new SyncStoryDocument(entry.StoryId, entry.Revision.Value, 0, null),
                        null,
                        cancellationToken).ConfigureAwait(false) is not null;
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);

    /// <summary>Notes a failure.</summary>
    public async ValueTask FailAsync(string storyId, string error, CancellationToken cancellationToken)
    {
        var text = error.Length <= ErrorMax ? error : error[..ErrorMax];
        _ = await storage.TransactionAsync(
            async transaction =>
            {
                var all = transaction.Repository(Stories);
                var id = IdOf(storyId);
                var known = await all.GetAsync(id, cancellationToken).ConfigureAwait(false);
                var now = known?.Value ?? new SyncStoryDocument(storyId, 0, 0, null);
                _ = await all.UpsertAsync(
                    id, now with { Retries = now.Retries + 1, LastError = text }, null, cancellationToken)
                    .ConfigureAwait(false);
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<int> ForgetAsync(IReadOnlyList<string> storyIds, CancellationToken cancellationToken) =>
        storyIds.Count == 0
            ? ValueTask.FromResult(0)
            : stories.DeleteManyAsync([.. storyIds.Select(IdOf)], cancellationToken);

    /// <summary>Deletes everything of the consumer.</summary>
    public async ValueTask RemoveAsync(CancellationToken cancellationToken)
    {
        _ = await cursors.DeleteAsync(consumer, null, cancellationToken).ConfigureAwait(false);
        await foreach (var known in ListAsync(cancellationToken).ConfigureAwait(false))
        {
            _ = await stories.DeleteAsync(known.Id, null, cancellationToken).ConfigureAwait(false);
        }
    }

    private string IdOf(string storyId) => prefix + LibraryCollections.ShortId(storyId);
}
