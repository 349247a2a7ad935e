namespace Undercroft.Migrations;

/// <summary>Forgets the originals of a run.</summary>
internal static class OriginalsEraser
{
    /// <returns>How many there were.</returns>
    public static async ValueTask<long> EraseAsync(
        MigrationSession session, MigratorOptions options, CancellationToken cancellationToken)
    {
        var erased = 0L;
        var request = new ScanRequest
        {
            Collection = MigrationLedger.OriginalsOf(session.Run),
            Detail = RecordDetail.Keys,
            Limit = Math.Clamp(
                session.Storage.Info.Limits.OperationsMax - MigrationSession.OwnOperations, 1, options.BatchSize),
        };
        while (true)
        {
            // What is erased is no longer there: the first page is always the next.
            var page = await session.Storage.Store.ScanAsync(request, cancellationToken).ConfigureAwait(false);
            var deletions = page.Items.Select(static item => new DeleteOperation(item.Record.Key)).ToList();
            var run = page.Next is null ? session.Run with { HasOriginals = false } : session.Run;
            if (await session.TryCommitAsync(deletions, run, isEnd: false, cancellationToken).ConfigureAwait(false)
                is not { Count: 0 })
            {
                continue;
            }

            erased += deletions.Count;
            if (page.Next is null)
            {
                return erased;
            }
        }
    }
}
