namespace Undercroft.Cli.Stores;

/// <summary>Counts a store, for a progress bar.</summary>
internal static class Totals
{
    public static async Task<long> OfAsync(IStore store, CancellationToken cancellationToken)
    {
        var report = await store
            .MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Measure }, cancellationToken)
            .ConfigureAwait(false);
        return report.Collections.Sum(static size => size.Records);
    }
}
