using Undercroft.Backends;

namespace Undercroft.Migrations;

/// <summary>Walks a collection without writing: counts versions, and tries the steps where that is asked.</summary>
internal sealed class DryRunner(
    Storage storage, string collection, VersionedForm form, CollectionIndexes indexes, MigratorOptions options)
{
    // Enough to find clashes in most collections; beyond it the run itself finds them.
    private const int UniqueKeysMax = 100_000;

    private readonly SortedDictionary<string, long> versions = new(StringComparer.Ordinal);
    private readonly Dictionary<IndexEntry, string> holders = [];
    private readonly List<MigrationSample> samples = [];
    private MigrationRun tally = new() { Collection = collection, Target = form.Current };

    public async ValueTask<MigrationPlan> CountAsync(CancellationToken cancellationToken)
    {
        // Only a detector needs to see values.
        var detail = form.Chain.Detector is null ? RecordDetail.Meta : RecordDetail.Whole;
        await WalkAsync(detail, static _ => { }, cancellationToken).ConfigureAwait(false);
        return ToPlan();
    }

    public async ValueTask<MigrationDryRun> TryAsync(CancellationToken cancellationToken)
    {
        await WalkAsync(RecordDetail.Whole, Try, cancellationToken).ConfigureAwait(false);
        return new MigrationDryRun
        {
            Plan = ToPlan(),
            Rewritten = tally.Rewritten,
            Failed = tally.Failed,
            Failures = tally.Failures,
            BytesBefore = tally.BytesBefore,
            BytesAfter = tally.BytesAfter,
            Samples = samples,
        };
    }

    private async ValueTask WalkAsync(
        RecordDetail detail, Action<StoreRecord> visit, CancellationToken cancellationToken)
    {
        var request = new ScanRequest { Collection = collection, Limit = options.BatchSize, Detail = detail };
        do
        {
            var page = await storage.Store.ScanAsync(request, cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Items)
            {
                tally = tally with { Examined = tally.Examined + 1 };
                try
                {
                    var version = form.VersionOf(item.Record);
                    versions[version] = versions.GetValueOrDefault(version) + 1;
                    visit(item.Record);
                }
                catch (StoreException error)
                {
                    tally = tally.Fail(new MigrationFailure(item.Record.Key.Id, error.Message));
                }
            }

            options.Progress?.Report(tally);
            request = request with { After = page.Next };
        }
        while (request.After is not null);
    }

    private void Try(StoreRecord before)
    {
        var after = form.Read(before);
        var put = RewriteBatch.Replace(after, before.Revision, indexes);
        _ = CommitGuard.Check(new Commit(put), storage.Info);
        CheckUnique(put);
        if (ReferenceEquals(before, after))
        {
            return;
        }

        tally = tally with
        {
            Rewritten = tally.Rewritten + 1,
            BytesBefore = tally.BytesBefore + before.Value.Length,
            BytesAfter = tally.BytesAfter + after.Value.Length,
        };
        if (samples.Count < options.SamplesMax)
        {
            samples.Add(Sample(before, after));
        }
    }

    private void CheckUnique(PutOperation put)
    {
        foreach (var entry in put.Entries)
        {
            if (entry.IsUnique && holders.Count < UniqueKeysMax && !holders.TryAdd(entry, put.Key.Id) &&
                holders[entry] != put.Key.Id)
            {
                throw new UniqueConflictException(
                    put.Key, CollectionIndexes.DeclaredName(entry.Index), new RecordKey(collection, holders[entry]));
            }
        }
    }

    private MigrationSample Sample(StoreRecord before, StoreRecord after)
    {
        var name = Names.Show(before.Key.ToString());
        return new MigrationSample(
            before.Key.Id,
            form.VersionOf(before),
            new RawJson(before.Value),
            new RawJson(after.Value),
            JsonDifference.Lines(DocumentTree.Parse(name, before.Value), DocumentTree.Parse(name, after.Value)));
    }

    private MigrationPlan ToPlan() => new(
        collection,
        form.Current,
        indexes.Schema,
        [
            .. versions.Select(found => form.Chain.FindPath(found.Key, form.Current) is { } path
                ? new MigrationPlanVersion(found.Key, found.Value, path.ToString(), null)
                : new MigrationPlanVersion(
                    found.Key, found.Value, null, $"There {form.Chain.DescribeGap(found.Key, form.Current)}.")),
        ]);
}
