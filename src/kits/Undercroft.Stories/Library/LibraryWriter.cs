namespace Undercroft.Stories;

/// <summary>Saves stories, one or several as one visible change.</summary>
/// <remarks>
/// What fits into one commit is one commit. What does not is written in steps that nobody sees: the save leaves its
/// mark; changed passages go to documents named after it; then one commit lets the stories point at them, if the marks
/// and the stories are still as they were; then what they no longer point at is deleted, as long as nobody else saves.
/// A save that was cut off leaves documents without a story: the next such save, or the deletion of the story, sweeps
/// them.
/// </remarks>
internal sealed class LibraryWriter(Storage storage, LibraryReader reader)
{
    private const int AttemptsMax = 8;

    // Room in a commit for the stories' own documents and for what a transaction adds; and beside the values for keys,
    // index entries and meta.
    private const int OperationsSpare = 64;
    private const int OperationsEach = 8;

    private readonly IRepository<PassageDocument> passages = storage.Repository(LibraryCollections.Passages);
    private readonly IRepository<StorySave> saves = storage.Repository(LibraryCollections.Saves);
    private readonly IRepository<StorySummary> summaries = storage.Repository(LibraryCollections.Summaries);
    private readonly PartSweeper sweeper = new(storage, OperationsSpare);

    private long BytesMax => storage.Info.Limits.CommitBytesMax / 2;

    /// <summary>Saves what requests ask for, all or nothing.</summary>
    /// <returns>What became of each; null where it decided to save nothing.</returns>
    public async ValueTask<SaveOutcome?[]> PutAsync(
        IReadOnlyList<SaveRequest> requests, CancellationToken cancellationToken)
    {
        var (plans, written) = (Array.Empty<SavePlan?>(), Array.Empty<StorySummary?>());
        var isLarge = false;
        var result = await storage.TransactionAsync(
            async transaction =>
            {
                var heads = await transaction.Repository(LibraryCollections.Summaries)
                    .GetManyAsync([.. requests.Select(static one => one.Id)], cancellationToken).ConfigureAwait(false);
                plans = await PlanAsync(requests, heads, cancellationToken).ConfigureAwait(false);
                isLarge = !Fits(plans);
                if (isLarge)
                {
                    return;
                }

                written = new StorySummary?[plans.Length];
                for (var i = 0; i < plans.Length; i++)
                {
                    written[i] = plans[i] is { } plan
                        ? await WriteAsync(transaction, plan, plan.Known, cancellationToken).ConfigureAwait(false)
                        : null;
                }

                await WritePartsAsync(transaction, plans, cancellationToken).ConfigureAwait(false);
            },
            OptionsOf(requests),
            cancellationToken).ConfigureAwait(false);
        return isLarge
            ? await PutLargeAsync(requests, cancellationToken).ConfigureAwait(false)
            : Outcomes(plans, written, result);
    }

    /// <summary>Changes what is given of a story's metadata.</summary>
    /// <returns>Whether there is such a story.</returns>
    public async ValueTask<bool> PatchAsync(string id, StoryMetadataPatch patch, CancellationToken cancellationToken)
    {
        if (patch.Name is { } name)
        {
            // The title is the story's own.
            var options = new StorySaveOptions { Expected = patch.Expected, Tags = patch.Tags };
            var rename = new SaveRequest(id, options)
            {
                Decide = known => known is null ? null : known.Stored.Story with { Name = name },
            };
            return (await PutAsync([rename], cancellationToken).ConfigureAwait(false))[0] is not null;
        }

        var isThere = false;
        _ = await storage.TransactionAsync(
            async transaction =>
            {
                var heads = transaction.Repository(LibraryCollections.Summaries);
                var head = await heads.GetAsync(id, cancellationToken).ConfigureAwait(false);
                isThere = head is not null;
                if (patch.Expected is { } expected && expected != (head?.Revision ?? Revision.None))
                {
                    throw new RevisionConflictException(
                        LibraryCollections.KeyOf(id), expected, head?.Revision ?? Revision.None);
                }

                if (head is not null && patch.Tags is { } tags)
                {
                    _ = await heads
                        .UpdateAsync(head, head.Value, new WriteOptions { Tags = tags }, cancellationToken)
                        .ConfigureAwait(false);
                }
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return isThere;
    }

    /// <summary>Sweeps what belongs to a story that was deleted.</summary>
    public ValueTask SweepAsync(string id, CancellationToken cancellationToken) =>
        sweeper.SweepAsync(id, [], Revision.None, cancellationToken);

    private async ValueTask<SaveOutcome?[]> PutLargeAsync(
        IReadOnlyList<SaveRequest> requests, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var heads = await summaries.GetManyAsync([.. requests.Select(static one => one.Id)], cancellationToken)
                .ConfigureAwait(false);
            var plans = await PlanAsync(requests, heads, cancellationToken).ConfigureAwait(false);
            RefuseTooLarge(plans);
            var marks = new Revision[plans.Length];
            for (var i = 0; i < plans.Length; i++)
            {
                marks[i] = plans[i] is { Writes: > 0 } plan
                    ? await WriteApartAsync(plan, cancellationToken).ConfigureAwait(false)
                    : Revision.None;
            }

            if (await FlipAsync(requests, plans, marks, cancellationToken).ConfigureAwait(false) is { } outcomes)
            {
                return outcomes;
            }
        }

        throw new StoreException(
            StoreErrorKind.Conflict,
            $"Cannot save the story {Names.Show(requests[0].Id)}: others saved it during {AttemptsMax} attempts. Try "
            + "again.")
        {
            IsTransient = true,
        };
    }

    private async ValueTask<SavePlan?[]> PlanAsync(
        IReadOnlyList<SaveRequest> requests,
        IReadOnlyList<Document<StorySummary>?> heads,
        CancellationToken cancellationToken)
    {
        var found = new (Story? Story, KnownStory? Known)[requests.Count];
        for (var i = 0; i < found.Length; i++)
        {
            var (request, head) = (requests[i], heads[i]);
            var current = head?.Revision ?? Revision.None;
            if (request.Options.Expected is { } expected && expected != current)
            {
                throw new RevisionConflictException(LibraryCollections.KeyOf(request.Id), expected, current);
            }

            // Where another save comes between the head and this, the commit fails on the head and all is read again.
            var known = head is not null && (request.Decide is not null || head.Value.HasParts)
                ? await reader.LoadAsync(request.Id, cancellationToken).ConfigureAwait(false)
                : null;
            found[i] = (request.Decide is { } decide ? decide(known) : request.Story, known);
        }

        var limits = storage.Info.Limits;
        return InParallel.Make(found.Length, i => found[i].Story is { } story
            ? new SavePlan(requests[i], story, heads[i], found[i].Known, limits)
            : null);
    }

    private bool Fits(SavePlan?[] plans) =>
        plans.Sum(static plan => plan is null ? 0 : plan.Writes + plan.Deletes.Count + OperationsEach) + OperationsSpare
            <= storage.Info.Limits.OperationsMax
        && plans.Sum(static plan => plan is null ? 0 : plan.WriteBytes + plan.HeadBytes) <= BytesMax;

    // The commit that lets stories point at their parts cannot be divided.
    private void RefuseTooLarge(SavePlan?[] plans)
    {
        var operations = (plans.Length * OperationsEach) + OperationsSpare;
        if (operations > storage.Info.Limits.OperationsMax)
        {
            throw new LimitExceededException(
                $"{plans.Length} stories in one change",
                nameof(StoreLimits.OperationsMax),
                storage.Info.Limits.OperationsMax,
                operations);
        }

        var bytes = plans.Sum(static plan => plan?.HeadBytes ?? 0);
        if (bytes > BytesMax)
        {
            throw new LimitExceededException(
                $"{plans.Length} stories in one change", nameof(StoreLimits.CommitBytesMax), BytesMax, bytes);
        }
    }

    private async ValueTask<Revision> WriteApartAsync(SavePlan plan, CancellationToken cancellationToken)
    {
        var mark = await saves.UpsertAsync(plan.Id, new StorySave(plan.Id), null, cancellationToken)
            .ConfigureAwait(false);
        var operationsMax = Math.Max(1, storage.Info.Limits.OperationsMax - OperationsSpare);
        foreach (var portion in plan.Portions(mark.Revision, operationsMax, BytesMax))
        {
            _ = await passages.UpsertManyAsync(portion, null, cancellationToken).ConfigureAwait(false);
        }

        return mark.Revision;
    }

    // Lets the stories point at what was written apart; null where one of them was saved by others meanwhile.
    private async ValueTask<SaveOutcome?[]?> FlipAsync(
        IReadOnlyList<SaveRequest> requests, SavePlan?[] plans, Revision[] marks, CancellationToken cancellationToken)
    {
        var written = new StorySummary?[plans.Length];
        var isStale = false;
        var result = await storage.TransactionAsync(
            async transaction =>
            {
                isStale = !await AreAsPlannedAsync(transaction, plans, marks, cancellationToken).ConfigureAwait(false);
                for (var i = 0; i < plans.Length && !isStale; i++)
                {
                    written[i] = plans[i] is { } plan
                        ? await WriteAsync(transaction, plan, marks[i], cancellationToken).ConfigureAwait(false)
                        : null;
                }
            },
            OptionsOf(requests),
            cancellationToken).ConfigureAwait(false);
        if (isStale)
        {
            return null;
        }

        for (var i = 0; i < plans.Length; i++)
        {
            if (plans[i] is { } plan && (plan.Writes > 0 || plan.Deletes.Count > 0))
            {
                var kept = (plan.Contents(marks[i]).Parts ?? [])
                    .Select(part => LibraryCollections.PartId(plan.Id, part.Document));
                await sweeper
                    .SweepAsync(
                        plan.Id, kept.ToHashSet(StringComparer.Ordinal), result.Revision, cancellationToken)
                    .ConfigureAwait(false);
            }
        }

        return Outcomes(plans, written, result);
    }

    // A deletion, or another such save, has taken a mark away: then what was written apart may be gone.
    private static async ValueTask<bool> AreAsPlannedAsync(
        ITransaction transaction, SavePlan?[] plans, Revision[] marks, CancellationToken cancellationToken)
    {
        var taken = transaction.Repository(LibraryCollections.Saves);
        for (var i = 0; i < plans.Length; i++)
        {
            if (plans[i] is not { } plan)
            {
                continue;
            }

            var head = await transaction.Repository(LibraryCollections.Summaries)
                .GetAsync(plan.Id, cancellationToken).ConfigureAwait(false);
            if ((head?.Revision ?? Revision.None) != plan.Known)
            {
                return false;
            }

            if (marks[i] != Revision.None
                && ((await taken.GetAsync(plan.Id, cancellationToken).ConfigureAwait(false))?.Revision != marks[i]
                    || !await taken.DeleteAsync(plan.Id, cancellationToken: cancellationToken).ConfigureAwait(false)))
            {
                return false;
            }
        }

        return true;
    }

    // Everything of a story but its parts.
    private static async ValueTask<StorySummary> WriteAsync(
        ITransaction transaction, SavePlan plan, Revision save, CancellationToken cancellationToken)
    {
        var summary = plan.Summary;
        var tags = plan.Tags is { } given ? new WriteOptions { Tags = given } : null;
        _ = await transaction.Repository(LibraryCollections.Summaries)
            .UpsertAsync(plan.Id, summary, tags, cancellationToken).ConfigureAwait(false);
        _ = await transaction.Repository(LibraryCollections.Contents)
            .UpsertAsync(plan.Id, plan.Contents(save), null, cancellationToken).ConfigureAwait(false);
        var pages = transaction.Repository(LibraryCollections.Pages);
        if (plan.Page is { } page)
        {
            _ = await pages.UpsertAsync(plan.Id, page, null, cancellationToken).ConfigureAwait(false);
        }
        else if (plan.DropsPage)
        {
            _ = await pages.DeleteAsync(plan.Id, cancellationToken: cancellationToken).ConfigureAwait(false);
        }

        return summary;
    }

    private static async ValueTask WritePartsAsync(
        ITransaction transaction, SavePlan?[] plans, CancellationToken cancellationToken)
    {
        var parts = transaction.Repository(LibraryCollections.Passages);
        foreach (var plan in plans.OfType<SavePlan>())
        {
            foreach (var portion in plan.Portions(plan.Known, int.MaxValue, long.MaxValue))
            {
                _ = await parts.UpsertManyAsync(portion, null, cancellationToken).ConfigureAwait(false);
            }

            _ = await parts.DeleteManyAsync(plan.Deletes, cancellationToken).ConfigureAwait(false);
        }
    }

    private static TransactionOptions OptionsOf(IReadOnlyList<SaveRequest> requests) => new()
    {
        Durability = requests[0].Options.Durability,
        Origin = requests[0].Options.Origin,
    };

    private static SaveOutcome?[] Outcomes(SavePlan?[] plans, StorySummary?[] written, TransactionResult result)
    {
        var outcomes = new SaveOutcome?[plans.Length];
        for (var i = 0; i < outcomes.Length; i++)
        {
            outcomes[i] = plans[i]?.ToOutcome(written[i]!, result.Revision, result.At);
        }

        return outcomes;
    }
}
