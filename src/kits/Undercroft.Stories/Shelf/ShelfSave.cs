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
internal sealed class ShelfSave(Storage storage, ShelfLoad load)
{
    private const int AttemptsMax = 8;
    private const int DeletesMax = 1000;

    // Room for the story's own documents and for what a transaction adds.
    private const int OperationsSpare = 64;

    private readonly IRepository<PassageDocument> passages = storage.Repository(ShelfCollections.Passages);
    private readonly IRepository<StorySave> saves = storage.Repository(ShelfCollections.Saves);

    /// <summary>Saves a story that was read from a file, under the id it is known by, with its passages' ids.</summary>
    public async ValueTask<StoryImport> ImportAsync(Story story, CancellationToken cancellationToken)
    {
        for (var number = 1; ; number++)
        {
            var id = number == 1 ? story.Id : string.Create(CultureInfo.InvariantCulture, $"{story.Id}-{number}");
            var known = await load.LoadAsync(id, cancellationToken).ConfigureAwait(false);
            if (known is null)
            {
                return await SaveAsync(story with { Id = id }, cancellationToken).ConfigureAwait(false);
            }

            if (IsSame(known.Story, story))
            {
                var same = StoryIdentity.KeepIds(known.Story, story);
                return await SaveAsync(same, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask<StoryImport> SaveAsync(Story story, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var known = await load.LoadAsync(story.Id, cancellationToken).ConfigureAwait(false);
            var plan = ShelfPlan.Make(story, known);
            if (!plan.Fits(storage.Info.Limits, OperationsSpare))
            {
                var mark = await saves.UpsertAsync(story.Id, new StorySave(story.Id), null, cancellationToken)
                    .ConfigureAwait(false);
                plan = plan.Apart(mark.Revision);
                await WriteApartAsync(plan, cancellationToken).ConfigureAwait(false);
            }

            if (await CommitAsync(plan, cancellationToken).ConfigureAwait(false) is { } revision)
            {
                await SweepAsync(plan, revision, cancellationToken).ConfigureAwait(false);
                return new StoryImport(plan.Summary, known is null, plan.Writes.Count);
            }
        }

        throw new StoreException(
            StoreErrorKind.Conflict,
            $"Cannot save the story {Names.Show(story.Id)}: it was saved by others during {AttemptsMax} attempts. "
            + "Try again.")
        {
            IsTransient = true,
        };
    }

    public async ValueTask<bool> DeleteAsync(string id, CancellationToken cancellationToken)
    {
        var existed = false;
        _ = await storage.TransactionAsync(
            async transaction =>
            {
                existed = await transaction.Repository(ShelfCollections.Contents)
                    .DeleteAsync(id, cancellationToken: cancellationToken).ConfigureAwait(false);
                _ = await transaction.Repository(ShelfCollections.Summaries)
                    .DeleteAsync(id, cancellationToken: cancellationToken).ConfigureAwait(false);
                _ = await transaction.Repository(ShelfCollections.Pages)
                    .DeleteAsync(id, cancellationToken: cancellationToken).ConfigureAwait(false);
                _ = await transaction.Repository(ShelfCollections.Saves)
                    .DeleteAsync(id, cancellationToken: cancellationToken).ConfigureAwait(false);
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        await DeleteAllButAsync(id, [], Revision.None, cancellationToken).ConfigureAwait(false);
        return existed;
    }

    private async ValueTask<Revision?> CommitAsync(ShelfPlan plan, CancellationToken cancellationToken)
    {
        var isStale = false;
        var result = await storage.TransactionAsync(
            async transaction =>
            {
                var contents = transaction.Repository(ShelfCollections.Contents);
                var head = await contents.GetAsync(plan.Summary.Id, cancellationToken).ConfigureAwait(false);
                isStale = (head?.Revision ?? Revision.None) != plan.Known
                    || !await TakeMarkAsync(transaction, plan, cancellationToken).ConfigureAwait(false);
                if (isStale)
                {
                    return;
                }

                _ = await contents.UpsertAsync(plan.Summary.Id, plan.Contents, null, cancellationToken)
                    .ConfigureAwait(false);
                _ = await transaction.Repository(ShelfCollections.Summaries)
                    .UpsertAsync(plan.Summary.Id, plan.Summary, null, cancellationToken).ConfigureAwait(false);
                await WritePageAsync(transaction, plan, cancellationToken).ConfigureAwait(false);
                if (!plan.IsApart)
                {
                    var together = transaction.Repository(ShelfCollections.Passages);
                    _ = await together.UpsertManyAsync(plan.Writes, null, cancellationToken).ConfigureAwait(false);
                    _ = await together.DeleteManyAsync(plan.Deletes, cancellationToken).ConfigureAwait(false);
                }
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return isStale ? null : result.Revision;
    }

    // A deletion, or another such save, has taken the mark away: then what was written apart may be gone.
    private static async ValueTask<bool> TakeMarkAsync(
        ITransaction transaction, ShelfPlan plan, CancellationToken cancellationToken)
    {
        if (!plan.IsApart)
        {
            return true;
        }

        var marks = transaction.Repository(ShelfCollections.Saves);
        var mark = await marks.GetAsync(plan.Summary.Id, cancellationToken).ConfigureAwait(false);
        return mark?.Revision == plan.Mark
            && await marks.DeleteAsync(plan.Summary.Id, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask WritePageAsync(
        ITransaction transaction, ShelfPlan plan, CancellationToken cancellationToken)
    {
        var pages = transaction.Repository(ShelfCollections.Pages);
        if (plan.Page is not null)
        {
            _ = await pages.UpsertAsync(plan.Summary.Id, plan.Page, null, cancellationToken).ConfigureAwait(false);
        }
        else if (plan.DropsPage)
        {
            _ = await pages.DeleteAsync(plan.Summary.Id, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask WriteApartAsync(ShelfPlan plan, CancellationToken cancellationToken)
    {
        foreach (var chunk in plan.Chunks(storage.Info.Limits, OperationsSpare))
        {
            _ = await passages.UpsertManyAsync(chunk, null, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask SweepAsync(ShelfPlan plan, Revision contents, CancellationToken cancellationToken)
    {
        if (plan.IsApart)
        {
            var kept = plan.Contents.Passages
                .Select(passage => ShelfCollections.DocumentId(plan.Summary.Id, passage))
                .ToHashSet(StringComparer.Ordinal);
            await DeleteAllButAsync(plan.Summary.Id, kept, contents, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask DeleteAllButAsync(
        string storyId, HashSet<string> kept, Revision contents, CancellationToken cancellationToken)
    {
        var request = new ScanRequest
        {
            Collection = ShelfCollections.Passages.Name,
            Range = ScanRange.Prefix(ShelfCollections.DocumentId(storyId, "")),
            Limit = DeletesMax,
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
                var head = await transaction.Repository(ShelfCollections.Contents)
                    .GetAsync(storyId, cancellationToken).ConfigureAwait(false);
                var mark = await transaction.Repository(ShelfCollections.Saves)
                    .GetAsync(storyId, cancellationToken).ConfigureAwait(false);
                isAlone = mark is null && (head?.Revision ?? Revision.None) == contents;
                if (isAlone)
                {
                    _ = await transaction.Repository(ShelfCollections.Passages)
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
