using Undercroft.Servers;

namespace Undercroft.Postgres.Tests;

/// <summary>Connections that end in the middle of a commit: it is applied once, and its caller hears of it.</summary>
public sealed class LostAnswerTests(SharedPostgres shared) : StoreTest(shared)
{
    [Fact]
    public async Task Commits_whose_connections_are_ended_are_applied_once()
    {
        const int Writers = 6, Rounds = 40;
        var store = await OpenAsync();
        _ = await CommitAsync(store, Put("warm"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var (ended, acknowledged) = (0L, 0);
        var ending = Task.Run(
            async () =>
            {
                // Something gets through between two endings, however slow the machine is.
                for (var seen = -1; !stop.IsCancellationRequested;)
                {
                    var now = Volatile.Read(ref acknowledged);
                    if (now == seen)
                    {
                        _ = await AskAsync("SELECT pg_sleep(0.001)");
                        continue;
                    }

                    seen = now;
                    ended += (long)(await AskAsync(
                        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = " +
                        "current_database() AND pid <> pg_backend_pid() AND state = 'active'"))!;
                }
            },
            Cancel);

        var revisions = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(
            async () =>
            {
                var mine = new List<Revision>();
                for (var round = 0; round < Rounds; round++)
                {
                    // Puts of one record go by the single statement, the others by the function.
                    mine.Add((await CommitAsync(store, Put($"{writer}", $"{round}"))).Revision);
                    mine.Add((await CommitAsync(
                        store, new AddOperation(Key("sum"), 1), Put($"{writer}/{round}"))).Revision);
                    _ = Interlocked.Increment(ref acknowledged);
                }

                return mine;
            },
            Cancel)));
        await stop.CancelAsync();
        await ending;

        TestContext.Current.SendDiagnosticMessage($"{ended} connections were ended.");
        Assert.All(revisions, static mine => Assert.Equal(mine.Order(), mine));
        Assert.Equal(Writers * Rounds * 2, revisions.SelectMany(static mine => mine).Distinct().Count());
        var sum = (await store.ReadAsync(Key("sum"), default, Cancel))[0]!;
        Assert.Equal(
            Writers * Rounds, System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(sum.Value.Span));
        Assert.Empty((await store.MaintainAsync(
            new MaintenanceRequest { Kind = MaintenanceKind.Verify }, Cancel)).Problems);
    }
}
