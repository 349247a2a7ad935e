using System.Globalization;

namespace Undercroft.Stories;

/// <summary>Saves and deletes stories, each as one visible change.</summary>
/// <remarks>
/// What fits into one commit is one commit. What does not is written in steps that nobody sees: the save leaves its
/// mark; changed passages go to documents of their own, named after the mark; then one commit lets the story point at
/// them, if the mark and the story are still as they were; then what it no longer points at is deleted, as long as
/// nobody else saves. A save that was cut off leaves documents without a story: the next such save, or the deletion of
/// the story, sweeps them.
/// </remarks>
internal sealed class LibraryWriter(Storage storage, LibraryReader load)
{
    private const int AttemptsMax = 8;
    private const int DeletesMax = 1000;

    // Room for the story's own documents and for what a transaction adds.
    private const int OperationsSpare = 64;

    private readonly IRepository<PassageDocument> passages = storage.Repository(LibraryCollections.Passages);
    private readonly IRepository<StorySave> saves = storage.Repository(LibraryCollections.Saves);

    /// <summary>Saves a story that was read from a file, under the id it is known by, with its passages' ids.</summary>
    /// <param name="story">The story.</param>
    /// <param name="taken">Ids that other stories of the same file have: a copy beside its original is a second story.
    /// </param>
    /// <param name="cancellationToken">Ends the wait; the story may still be saved, whole.</param>
    public async ValueTask<StoryImport> ImportAsync(
        Story story, IReadOnlySet<string> taken, CancellationToken cancellationToken)
    {
        for (var number = 1; ; number++)
        {
            var id = number == 1 ? story.Id : string.Create(CultureInfo.InvariantCulture, $"{story.Id}-{number}");
            if (taken.Contains(id))
            {
                continue;
            }

            var import = await PutAsync(
                id,
                known => known is null ? story with { Id = id }
                    : IsSame(known.Story, story) ? StoryIdentity.KeepIds(known.Story, story)
                    : null,
                new StorySaveOptions(),
                cancellationToken).ConfigureAwait(false);
            if (import is not null)
            {
                return import;
            }
        }
    }

    public async ValueTask SaveAsync(Story story, StorySaveOptions options, CancellationToken cancellationToken) =>
        _ = await PutAsync(
            story.Id,
            known => options.Expected is null || options.Expected == (known?.Revision ?? Revision.None)
                ? story
                : throw new RevisionConflictException(
                    LibraryCollections.KeyOf(story.Id), options.Expected.Value, known?.Revision ?? Revision.None),
            options,
            cancellationToken).ConfigureAwait(false);

    public async ValueTask<bool> DeleteAsync(string id, CancellationToken cancellationToken)
    {
        var existed = false;
        _ = await storage.TransactionAsync(
            async transaction =>
            {
                existed = await transaction.Repository(LibraryCollections.Contents)
                    .DeleteAsync(id, cancellationToken: cancellationToken).ConfigureAwait(false);
                _ = await transaction.Repository(LibraryCollections.Summaries)
                    .DeleteAsync(id, cancellationToken: cancellationToken).ConfigureAwait(false);
                _ = await transaction.Repository(LibraryCollections.Pages)
                    .DeleteAsync(id, cancellationToken: cancellationToken).ConfigureAwait(false);
                _ = await transaction.Repository(LibraryCollections.Saves)
                    .DeleteAsync(id, cancellationToken: cancellationToken).ConfigureAwait(false);
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        await DeleteAllButAsync(id, [], Revision.None, cancellationToken).ConfigureAwait(false);
        return existed;
    }

    // What to save is decided on the story that is there, and again where somebody else was faster; null saves nothing.
    private async ValueTask<StoryImport?> PutAsync(
        string id, Func<KnownStory?, Story?> decide, StorySaveOptions options, CancellationToken cancellationToken)
    {
        StoryImport? import = null;
        var isLarge = false;
        _ = await storage.TransactionAsync(
            async transaction =>
            {
                (import, isLarge) = (null, false);

                // Read inside the transaction, the contents stand for all that belongs to the story: every save changes
                // them, so the commit fails if what is loaded here is not what it replaces.
                _ = await transaction.Repository(LibraryCollections.Contents)
                    .GetAsync(id, cancellationToken).ConfigureAwait(false);
                var known = await load.LoadAsync(id, cancellationToken).ConfigureAwait(false);
                if (decide(known) is not { } story)
                {
                    return;
                }

                var plan = SavePlan.Make(story, known);
                isLarge = !plan.Fits(storage.Info.Limits, OperationsSpare);
                if (!isLarge)
                {
                    await WriteAsync(transaction, plan, options, cancellationToken).ConfigureAwait(false);
                    var together = transaction.Repository(LibraryCollections.Passages);
                    _ = await together.UpsertManyAsync(plan.Writes, null, cancellationToken).ConfigureAwait(false);
                    _ = await together.DeleteManyAsync(plan.Deletes, cancellationToken).ConfigureAwait(false);
                    import = new StoryImport(plan.Summary, known is null, plan.Writes.Count);
                }
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return isLarge ? await PutLargeAsync(id, decide, options, cancellationToken).ConfigureAwait(false) : import;
    }

    private async ValueTask<StoryImport?> PutLargeAsync(
        string id, Func<KnownStory?, Story?> decide, StorySaveOptions options, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var known = await load.LoadAsync(id, cancellationToken).ConfigureAwait(false);
            if (decide(known) is not { } story)
            {
                return null;
            }

            var mark = await saves.UpsertAsync(id, new StorySave(id), null, cancellationToken).ConfigureAwait(false);
            var plan = SavePlan.Make(story, known).Apart(mark.Revision);
            foreach (var chunk in plan.Chunks(storage.Info.Limits, OperationsSpare))
            {
                _ = await passages.UpsertManyAsync(chunk, null, cancellationToken).ConfigureAwait(false);
            }

            if (await CommitLargeAsync(plan, options, cancellationToken).ConfigureAwait(false) is { } revision)
            {
                var kept = plan.Contents.Passages.Select(passage => LibraryCollections.DocumentId(id, passage));
                await DeleteAllButAsync(id, kept.ToHashSet(StringComparer.Ordinal), revision, cancellationToken)
                    .ConfigureAwait(false);
                return new StoryImport(plan.Summary, known is null, plan.Writes.Count);
            }
        }

        throw new StoreException(
            StoreErrorKind.Conflict,
            $"Cannot save the story {Names.Show(id)}: it was saved by others during {AttemptsMax} attempts. Try again.")
        {
            IsTransient = true,
        };
    }

    private async ValueTask<Revision?> CommitLargeAsync(
        SavePlan plan, StorySaveOptions options, CancellationToken cancellationToken)
    {
        var isStale = false;
        var result = await storage.TransactionAsync(
            async transaction =>
            {
                var head = await transaction.Repository(LibraryCollections.Contents)
                    .GetAsync(plan.Summary.Id, cancellationToken).ConfigureAwait(false);
                isStale = (head?.Revision ?? Revision.None) != plan.Known
                    || !await TakeMarkAsync(transaction, plan, cancellationToken).ConfigureAwait(false);
                if (!isStale)
                {
                    await WriteAsync(transaction, plan, options, cancellationToken).ConfigureAwait(false);
                }
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return isStale ? null : result.Revision;
    }

    // A deletion, or another such save, has taken the mark away: then what was written apart may be gone.
    private static async ValueTask<bool> TakeMarkAsync(
        ITransaction transaction, SavePlan plan, CancellationToken cancellationToken)
    {
        var marks = transaction.Repository(LibraryCollections.Saves);
        var mark = await marks.GetAsync(plan.Summary.Id, cancellationToken).ConfigureAwait(false);
        return mark?.Revision == plan.Mark
            && await marks.DeleteAsync(plan.Summary.Id, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    // Everything of a story but its passages.
    private static async ValueTask WriteAsync(
        ITransaction transaction, SavePlan plan, StorySaveOptions options, CancellationToken cancellationToken)
    {
        var id = plan.Summary.Id;
        _ = await transaction.Repository(LibraryCollections.Contents)
            .UpsertAsync(id, plan.Contents, null, cancellationToken).ConfigureAwait(false);
        _ = await transaction.Repository(LibraryCollections.Summaries)
            .UpsertAsync(id, plan.Summary, new WriteOptions { Tags = options.Tags ?? (plan.Known == Revision.None ? plan.Summary.Tags : null) }, cancellationToken).ConfigureAwait(false);
        var pages = transaction.Repository(LibraryCollections.Pages);
        if (plan.Page is not null)
        {
            _ = await pages.UpsertAsync(id, plan.Page, null, cancellationToken).ConfigureAwait(false);
        }
        else if (plan.DropsPage)
        {
            _ = await pages.DeleteAsync(id, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask DeleteAllButAsync(
        string storyId, HashSet<string> kept, Revision contents, CancellationToken cancellationToken)
    {
        var request = new ScanRequest
        {
            Collection = LibraryCollections.Passages.Name,
            Range = ScanRange.Prefix(LibraryCollections.DocumentId(storyId, "")),
            Limit = Math.Clamp(storage.Info.Limits.OperationsMax - OperationsSpare, 1, DeletesMax),
            Detail = RecordDetail.Keys,
        };
        while (true)
        {
            var page = await storage.Store.ScanAsync(request, cancellationToken).ConfigureAwait(false);
            string[] gone = [.. page.Items.Select(item => item.Record.Key.Id).Where(id => !kept.Contains(id))];
            var isAlone = await DeleteQuietlyAsync(storyId, gone, contents, cancellationToken).ConfigureAwait(false);
            if (!isAlone || page.Next is not { } next)
            {
                return;
            }

            request = request with { After = next };
        }
    }

    // Deletes only as long as the story is as it was left and nobody is saving it.
    private async ValueTask<bool> DeleteQuietlyAsync(
        string storyId, string[] gone, Revision contents, CancellationToken cancellationToken)
    {
        var isAlone = true;
        _ = await storage.TransactionAsync(
            async transaction =>
            {
                var head = await transaction.Repository(LibraryCollections.Contents)
                    .GetAsync(storyId, cancellationToken).ConfigureAwait(false);
                var mark = await transaction.Repository(LibraryCollections.Saves)
                    .GetAsync(storyId, cancellationToken).ConfigureAwait(false);
                isAlone = mark is null && (head?.Revision ?? Revision.None) == contents;
                if (isAlone)
                {
                    _ = await transaction.Repository(LibraryCollections.Passages)
                        .DeleteManyAsync(gone, cancellationToken).ConfigureAwait(false);
                }
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return isAlone;
    }

    // Copies of a project share its IFID, and many stories are called "Untitled": more than one sign is needed.
    private static bool IsSame(Story known, Story incoming)
    {
        if (known.Origin?.File is { } file && file == incoming.Origin?.File)
        {
            return true;
        }

        var isIdentified = incoming.Ifid is not null
            && string.Equals(known.Ifid?.Raw, incoming.Ifid.Raw, StringComparison.OrdinalIgnoreCase);
        if (isIdentified && known.Name == incoming.Name)
        {
            return true;
        }

        var names = known.Passages.Select(passage => passage.Name).ToHashSet(StringComparer.Ordinal);
        var shared = incoming.Passages.Count(passage => names.Contains(passage.Name));
        return shared * 2 >= Math.Min(known.Passages.Count, incoming.Passages.Count);
    }
}
