using Undercroft.Servers;

namespace Undercroft.Postgres.Tests.Faults;

/// <summary>What the runs of faults on PostgreSQL have in common.</summary>
internal static class FaultedPostgres
{
    public const int Writers = 8;

    /// <summary>How soon a client must work again once a new primary takes writes.</summary>
    public static TimeSpan Soon => TimeSpan.FromSeconds(10);

    public static async Task<IStore> OpenAsync(string connection) => await PostgresStore.OpenAsync(
        new PostgresStoreOptions
        {
            ConnectionString = connection,
            HorizonWait = TimeSpan.FromMinutes(1),
            RetryFor = TimeSpan.FromMinutes(1),
            PollInterval = TimeSpan.FromMilliseconds(100),
            ConnectionsMax = 10,
            Views = false,
        },
        cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Says what a run has come to, where a reader of the run sees it.</summary>
    public static void Note(string run, FaultTally tally, TimeSpan? worksAfter = null)
    {
        var works = worksAfter is { } after ? $", every client works again {after.TotalSeconds:f1} s later" : "";
        TestContext.Current.TestOutputHelper!.WriteLine($"note: postgres, {run}: {tally}{works}");
    }
}
