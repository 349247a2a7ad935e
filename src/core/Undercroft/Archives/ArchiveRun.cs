using System.Runtime.CompilerServices;
using Undercroft.Copies;

namespace Undercroft.Archives;

/// <summary>Walks through a store and hands an archive what it finds: records in the order of their keys, then what the
/// feed has brought meanwhile.</summary>
internal sealed class ArchiveRun(
    IStore store, ArchiveWriter writer, ArchiveBeginningV1 beginning, FeedEnd end, IProgress<long>? progress)
{
    private const int PageSize = 1000;

    /// <summary>Notes the place from which nothing is missed: what a walk begun later has passed already comes again
    /// from the feed.</summary>
    public static async ValueTask<ArchiveBeginningV1> BeginAsync(
        IStore store, ArchiveOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var request = new ChangesRequest { After = FeedCursor.End };
        var end = new FeedEnd(store, clock, options.HeldBack, "archive");
        var now = await store.ChangesAsync(request, cancellationToken).ConfigureAwait(false);

        // What is held back would come as a change behind the records: a store at rest has none.
        while (options.IsCanonical && !await end.IsReachedAsync(now, cancellationToken).ConfigureAwait(false))
        {
            now = await store.ChangesAsync(request, cancellationToken).ConfigureAwait(false);
        }

        return new ArchiveBeginningV1(
            store.Info.Backend, store.Info.Epoch, options, clock.GetUtcNow().ToUniversalTime(), now.Next.Text);
    }

    /// <summary>Writes the archive, or what is missing of it.</summary>
    /// <param name="from">Where an earlier run was; null writes all.</param>
    /// <param name="mark">Told after each part of records, when all before is written; null means nobody is.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="ArchiveFutileException">It cannot be completed from where it was begun.</exception>
    public async Task<ArchiveReport> RunAsync(
        ArchivePlaceV1? from, Func<ArchivePlaceV1, ValueTask>? mark, CancellationToken cancellationToken)
    {
        var origin = beginning.Options.IsCanonical
            ? null
            : new ArchiveOriginV1(beginning.Created, beginning.Backend, beginning.Epoch);
        if (from is null)
        {
            await writer
                .WriteHeadAsync(new ArchiveHeadV1(ArchiveForm.Format, ArchiveForm.Version, origin), cancellationToken)
                .ConfigureAwait(false);
        }

        if (from is not { IsWalked: true })
        {
            await AddRecordsAsync(from, mark, cancellationToken).ConfigureAwait(false);
        }

        if (beginning.Options is { IncludesDeletions: true, IsCanonical: true })
        {
            await AddSortedDeletionsAsync(cancellationToken).ConfigureAwait(false);
        }
        else if (beginning.Options.IncludesDeletions)
        {
            await AddChangesAsync(FeedCursor.Beginning, true, cancellationToken).ConfigureAwait(false);
        }

        await AddChangesAsync(new FeedCursor(beginning.Cursor), false, cancellationToken).ConfigureAwait(false);
        var report = await writer.EndAsync(cancellationToken).ConfigureAwait(false);
        return report with { CreatedAt = origin?.Created, Backend = origin?.Backend, Epoch = origin?.Epoch };
    }

    private async ValueTask AddRecordsAsync(
        ArchivePlaceV1? from, Func<ArchivePlaceV1, ValueTask>? mark, CancellationToken cancellationToken)
    {
        RecordKey? last = from is { Collection: { } collection, Id: { } id } ? new RecordKey(collection, id) : null;
        await foreach (var record in StoreWalk.RecordsAsync(store, null, cancellationToken, last).ConfigureAwait(false))
        {
            await writer.AddRecordAsync(record, cancellationToken).ConfigureAwait(false);
            last = record.Key;
            if (writer.IsBetweenParts && mark is not null)
            {
                await mark(writer.Place(last, isWalked: false)).ConfigureAwait(false);
            }

            if (writer.Count % PageSize == 0)
            {
                progress?.Report(writer.Count);
            }
        }

        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (mark is not null)
        {
            await mark(writer.Place(last, isWalked: true)).ConfigureAwait(false);
        }
    }

    private async ValueTask AddChangesAsync(
        FeedCursor after, bool onlyDeletions, CancellationToken cancellationToken)
    {
        await foreach (var page in PagesAsync(after, onlyDeletions, cancellationToken).ConfigureAwait(false))
        {
            foreach (var change in page.Changes)
            {
                if (Passengers.IsOne(change.Key.Collection) && (change.IsDeleted || !onlyDeletions))
                {
                    await writer.AddChangeAsync(change, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    // The order in which they happened is each store's own.
    private async ValueTask AddSortedDeletionsAsync(CancellationToken cancellationToken)
    {
        var deletions = new SortedDictionary<RecordKey, StoreRecord>();
        var pages = PagesAsync(FeedCursor.Beginning, onlyDeletions: true, cancellationToken);
        await foreach (var page in pages.ConfigureAwait(false))
        {
            foreach (var change in page.Changes)
            {
                if (Passengers.IsOne(change.Key.Collection) && change.IsDeleted)
                {
                    deletions[change.Key] = deletions.Count < ArchiveForm.ChangesMax
                        ? change
                        : throw ArchiveFutileException.Busy();
                }
            }
        }

        foreach (var deletion in deletions.Values)
        {
            await writer.AddChangeAsync(deletion, cancellationToken).ConfigureAwait(false);
        }
    }

    // Deletions that are held back come with the other changes, which come last.
    private async IAsyncEnumerable<ChangePage> PagesAsync(
        FeedCursor after, bool onlyDeletions, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ChangesRequest
        {
            After = after,
            Limit = PageSize,
            Detail = onlyDeletions ? RecordDetail.Meta : RecordDetail.Complete,
            ShowsHeldBack = !onlyDeletions,
        };
        ChangePage page;
        do
        {
            try
            {
                page = await store.ChangesAsync(request, cancellationToken).ConfigureAwait(false);
            }
            catch (CursorExpiredException error)
            {
                throw ArchiveFutileException.Compacted(error);
            }

            request = request with { After = page.Next };
            yield return page;
        }
        while (onlyDeletions ? page.HasMore : !await end.IsReachedAsync(page, cancellationToken).ConfigureAwait(false));
    }
}
