using System.Globalization;
using System.Text.Json;

namespace Undercroft.Migrations;

/// <summary>The runs of all collections, one record each.</summary>
internal sealed class MigrationLedger(IStore store)
{
    public const string Collection = "$migrations";

    /// <summary>What the names of collections of originals begin with.</summary>
    public const string OriginalsPrefix = "$originals-";

    /// <summary>The collection that keeps the originals of a run, each under its own id.</summary>
    public static string OriginalsOf(MigrationRun run) => OriginalsPrefix + IdOf(run.Number);

    /// <summary>Makes the operation that writes a run.</summary>
    public static PutOperation Put(MigrationRun run, Revision revision) => new(
        new RecordKey(Collection, IdOf(run.Number)),
        JsonSerializer.SerializeToUtf8Bytes(new MigrationRunV1(run), StorageJson.Default.MigrationRunV1),
        WriteCondition.At(revision));

    /// <summary>Lists the runs of a collection, the latest first, with the revisions they were read at.</summary>
    public async ValueTask<IReadOnlyList<(MigrationRun Run, Revision Revision)>> ListAsync(
        string collection, CancellationToken cancellationToken)
    {
        List<(MigrationRun, Revision)> runs = [];
        var request = new ScanRequest { Collection = Collection, IsReverse = true, Limit = 100 };
        do
        {
            var page = await store.ScanAsync(request, cancellationToken).ConfigureAwait(false);
            runs.AddRange(page.Items
                .Select(static item => (Run: Read(item.Record), item.Record.Revision))
                .Where(entry => entry.Run.Collection == collection));
            request = request with { After = page.Next };
        }
        while (request.After is not null);

        return runs;
    }

    /// <summary>Draws the number of the next run.</summary>
    public async ValueTask<long> NextNumberAsync(CancellationToken cancellationToken)
    {
        var last = new ScanRequest
        {
            Collection = Collection, IsReverse = true, Limit = 1, Detail = RecordDetail.Keys,
        };
        var page = await store.ScanAsync(last, cancellationToken).ConfigureAwait(false);
        return page.Items.Count == 0
            ? 1
            : long.Parse(page.Items[0].Record.Key.Id, CultureInfo.InvariantCulture) + 1;
    }

    private static string IdOf(long number) => number.ToString("D12", CultureInfo.InvariantCulture);

    private static MigrationRun Read(StoreRecord record)
    {
        try
        {
            if (JsonSerializer.Deserialize(record.Value.Span, StorageJson.Default.MigrationRunV1) is { } stored)
            {
                return stored.Run;
            }
        }
        catch (JsonException error)
        {
            throw Unreadable(record.Key, error);
        }

        throw Unreadable(record.Key, null);
    }

    private static StoreException Unreadable(RecordKey key, JsonException? error) => new(
        StoreErrorKind.Corrupt,
        $"The record {Names.Show(key.ToString())}, which tells of a migration, cannot be read: " +
        $"{(error is null ? "it is null" : JsonPlace.Describe(error))}. Restore it from a backup, or delete it to " +
        "forget the run.",
        error);
}

/// <summary>The record of a run, version 1 of its form.</summary>
/// <param name="Run">The run.</param>
internal sealed record MigrationRunV1(MigrationRun Run);
