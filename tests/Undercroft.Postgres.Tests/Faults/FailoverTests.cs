using Undercroft.Servers;

namespace Undercroft.Postgres.Tests.Faults;

/// <summary>The primary is killed, and its standby takes its place: what a synchronous one had acknowledged is there,
/// and of an asynchronous one the loss is measured.</summary>
public sealed class FailoverTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_standby_takes_the_primarys_place(bool isSynchronous)
    {
        await using var primary = await PostgresServer.StartAsync(cancellationToken: Cancel);
        await using var standby = await primary.StartStandbyAsync("second", isSynchronous, Cancel);
        var both = primary.ConnectionString("postgres", primary.Port, standby.Port);
        await using var store = await FaultedPostgres.OpenAsync(both);
        await using var load = FaultLoad.Begin(store, FaultedPostgres.Writers, store.Info.DefaultDurability);
        await load.MoreAsync(300);
        if (!isSynchronous)
        {
            // The network between them is gone for a moment before the primary is: it waits for nobody.
            _ = await standby.QueryAsync(
                "ALTER SYSTEM SET primary_conninfo = '';\nSELECT pg_reload_conf();", cancellationToken: Cancel);
            const string Receivers = "SELECT count(*) FROM pg_stat_wal_receiver";
            while (await standby.QueryAsync(Receivers, cancellationToken: Cancel) != "0")
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancel);
            }

            await load.MoreAsync(100);
        }

        await primary.KillAsync(Cancel);
        await standby.PromoteAsync(Cancel);
        var after = await load.WorksAgainAsync(TimeProvider.System.GetTimestamp());
        await load.MoreAsync(100);

        await using var fresh = await FaultedPostgres.OpenAsync(standby.ConnectionString("postgres"));
        var tally = await load.EndAsync(fresh, mayLose: !isSynchronous, wasTakenOver: true);
        Assert.Equal(isSynchronous, tally.Lost == 0);
        var kind = isSynchronous ? "synchronous" : "cut off, asynchronous";
        FaultedPostgres.Note($"the primary killed, the {kind} standby promoted", tally, after);
        Assert.True(after < FaultedPostgres.Soon, $"Works again after {after}.");
        Assert.Contains("received promote request", await standby.ReadLogAsync(Cancel), StringComparison.Ordinal);
    }
}
