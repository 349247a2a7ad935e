using System.Text.Json;

namespace Undercroft.Blobs;

/// <summary>Deletes the parts that nothing refers to: the highest lists first, so that what only they refer to goes in
/// the same run.</summary>
internal sealed class BlobCollector(Storage storage, DirectScope scope, BlobCollectOptions options)
{
    private const int HorizonsMax = 64;

    public async ValueTask<BlobCollectReport> RunAsync(CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Grace, TimeSpan.Zero, nameof(options));
        ArgumentNullException.ThrowIfNull(options.HeldBack, nameof(options));
        options.HeldBack.Validate();
        var horizon = await HorizonAsync(cancellationToken).ConfigureAwait(false);
        var sweep = new PartSweep(storage, scope, options, horizon);
        for (var level = BlobNode.LevelMax; level >= 0; level--)
        {
            await sweep.RunAsync(level, cancellationToken).ConfigureAwait(false);
        }

        return new BlobCollectReport(sweep.Examined, sweep.Deleted, sweep.DeletedBytes, sweep.Spared);
    }

    /// <summary>Finds the latest revision that is older than the grace, and notes the present one for later runs. Times
    /// in records do not tell how long they have been here: copies keep them.</summary>
    private async ValueTask<Revision> HorizonAsync(CancellationToken cancellationToken)
    {
        var read = await storage.Store.ReadAsync(BlobKeys.Collector, default, cancellationToken).ConfigureAwait(false);
        var seen = Seen(read[0]);
        if (options.IsDryRun)
        {
            return options.Grace == TimeSpan.Zero
                ? new Revision(long.MaxValue)
                : Latest(seen, storage.Now() - options.Grace);
        }

        var bytes = JsonSerializer.SerializeToUtf8Bytes(
            new CollectorRecordV1(storage.Info.Epoch, seen), BlobJson.Default.CollectorRecordV1);
        var result = await scope
            .CommitAsync([new PutOperation(BlobKeys.Collector, bytes)], null, cancellationToken)
            .ConfigureAwait(false);
        return options.Grace == TimeSpan.Zero ? result.Revision : Latest(seen, result.At - options.Grace);
    }

    /// <summary>Reads the moments earlier runs have noted, that of the record itself included.</summary>
    private List<CollectorHorizonV1> Seen(StoreRecord? record)
    {
        CollectorRecordV1? stored = null;
        try
        {
            stored = record is null
                ? null
                : JsonSerializer.Deserialize(record.Value.Span, BlobJson.Default.CollectorRecordV1);
        }
        catch (JsonException)
        {
            // What cannot be read was not seen: then this run spares more.
        }

        // In another history the numbers mean nothing.
        if (record is null || stored?.Horizons is not { } horizons || stored.Epoch != storage.Info.Epoch)
        {
            return [];
        }

        var seen = horizons.Append(new(record.UpdatedAt, record.Revision.Value)).OrderBy(static h => h.At).ToList();
        while (seen.Count > HorizonsMax)
        {
            // The one that is missed least: its neighbours are closest together.
            seen.RemoveAt(Enumerable.Range(1, seen.Count - 2).MinBy(i => seen[i + 1].At - seen[i - 1].At));
        }

        return seen;
    }

    private static Revision Latest(List<CollectorHorizonV1> seen, DateTimeOffset until) =>
        new(seen.Where(moment => moment.At <= until).Select(static moment => moment.Revision).DefaultIfEmpty().Max());
}
