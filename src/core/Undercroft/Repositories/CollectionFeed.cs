using System.Runtime.CompilerServices;

namespace Undercroft;

/// <summary>The feed of one collection, as documents.</summary>
internal sealed class CollectionFeed<T>(CollectionDefinition<T> definition, Storage storage)
{
    public async IAsyncEnumerable<DocumentChange<T>> ChangesAsync(
        FeedCursor after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in FollowAsync(after, FollowOptions.Default, cancellationToken).ConfigureAwait(false))
        {
            foreach (var change in page.Changes)
            {
                yield return change;
            }
        }
    }

    public async IAsyncEnumerable<DocumentChangePage<T>> FollowAsync(
        FeedCursor after, FollowOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (options.Collections is not null || options.Detail != RecordDetail.Whole)
        {
            throw new ArgumentException(
                $"The follower of {Names.Show(definition.Name)} is told which collections and how much of a record " +
                "to bring; expected neither, for it brings whole documents of its own. Leave both out, or follow the " +
                $"{nameof(Storage)}.",
                nameof(options));
        }

        var cursor = after;
        if (after == FeedCursor.End)
        {
            // After a stop "now" would be a later one: what follows must go on from this one.
            var now = new ChangesRequest { After = after, Limit = 1 };
            cursor = (await storage.Store.ChangesAsync(now, cancellationToken).ConfigureAwait(false)).Next;
            if (options.ProgressInterval != Timeout.InfiniteTimeSpan)
            {
                yield return new DocumentChangePage<T>([], cursor);
            }
        }

        options = options with { Collections = [definition.Name] };
        await foreach (var page in storage.FollowAsync(cursor, options, cancellationToken).ConfigureAwait(false))
        {
            var changes = new DocumentChange<T>[page.Changes.Count];
            for (var i = 0; i < changes.Length; i++)
            {
                var resume = i + 1 == changes.Length ? page.Next : cursor;
                changes[i] = ToChange(page.Changes[i], resume);
            }

            yield return new DocumentChangePage<T>(changes, page.Next) { HeldBack = page.HeldBack };
            cursor = page.Next;
        }
    }

    /// <summary>A document that cannot be read is a change too: else nobody could ever follow past it.</summary>
    private DocumentChange<T> ToChange(StoreRecord record, FeedCursor resume)
    {
        try
        {
            var document = record.IsDeleted ? null : definition.Decode(record);
            return new DocumentChange<T>(record.Key.Id, record.Revision, document, resume, error: null);
        }
        catch (StoreException error) when (error.Kind == StoreErrorKind.Malformed)
        {
            return new DocumentChange<T>(record.Key.Id, record.Revision, null, resume, error);
        }
    }
}
