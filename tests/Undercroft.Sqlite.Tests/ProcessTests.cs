using System.Diagnostics;
using System.Globalization;

namespace Undercroft.Sqlite.Tests;

/// <summary>Two processes with one file: the other one is this program again, started as a child.</summary>
public sealed class ProcessTests : StoreTests
{
    private const int Commits = 200;

    [Fact]
    public async Task Two_processes_write_to_one_store()
    {
        var store = await OpenAsync(static options => options.DefaultDurability = Durability.Os);
        _ = await WriteAsync(store, Put("first"));
        using var child = StartChild();

        var mine = await CommitAsync(store, "parent");
        await EndAsync(child);

        var records = (await store.ScanAsync(new ScanRequest { Collection = "c", Limit = 1000 }, Cancel)).Items;
        Assert.Equal((2 * Commits) + 2, records.Count);
        Assert.Equal(Commits, mine.Distinct().Count());
        Assert.Equal(
            (2 * Commits) + 1, records.Select(static item => item.Record.Revision).Distinct().Count());
        var counter = (await store.ReadAsync(Key("count"), cancellationToken: Cancel))[0]!.Value;
        Assert.Equal(2 * Commits, System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(counter.Span));
        var report = await store.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Verify }, Cancel);
        Assert.Empty(report.Problems);
    }

    [Fact]
    public async Task A_follower_sees_every_commit_of_another_process_once_and_in_order()
    {
        var store = await OpenAsync(static options => options.PollInterval = TimeSpan.FromMilliseconds(5));
        _ = await WriteAsync(store, Put("first"));
        var cursor = (await store.ChangesAsync(new ChangesRequest(), Cancel)).Next;
        using var child = StartChild();

        var seen = new List<string>();
        var revision = Revision.None;
        while (seen.Count < Commits)
        {
            await store.WaitAsync(cursor, Cancel).AsTask().WaitAsync(TimeSpan.FromMinutes(2), Cancel);
            var page = await store.ChangesAsync(new ChangesRequest { After = cursor }, Cancel);
            cursor = page.Next;
            foreach (var change in page.Changes.Where(static change => change.Key.Id != "count"))
            {
                Assert.True(change.Revision.CompareTo(revision) > 0);
                revision = change.Revision;
                seen.Add(change.Key.Id);
            }
        }

        await EndAsync(child);
        Assert.Equal(
            Enumerable.Range(0, Commits).Select(static i => FormattableString.Invariant($"child{i:d4}")), seen);
    }

    /// <summary>What the other process does.</summary>
    internal static async Task<int> RunChildAsync(string path)
    {
        await using var store = await SqliteStore.OpenAsync(
            new SqliteStoreOptions { DatabasePath = path, DefaultDurability = Durability.Os });
        return (await CommitAsync(store, "child")).Count == Commits ? 0 : 1;
    }

    private static async Task<List<Revision>> CommitAsync(SqliteStore store, string name)
    {
        var revisions = new List<Revision>();
        for (var i = 0; i < Commits; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{name}{i:d4}");
            revisions.Add(await WriteAsync(store, Put(id, id, Entry(id)), new AddOperation(Key("count"), 1)));
        }

        return revisions;
    }

    private static async Task EndAsync(Process child)
    {
        var errors = await child.StandardError.ReadToEndAsync(Cancel);
        await child.WaitForExitAsync(Cancel);
        Assert.True(child.ExitCode == 0, errors);
    }

    private Process StartChild()
    {
        var program = Path.Combine(AppContext.BaseDirectory, typeof(ProcessTests).Assembly.GetName().Name!);
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? program + ".exe" : program)
        {
            RedirectStandardError = true,
            ArgumentList = { Program.ChildArgument, DatabasePath },
        };
        return Process.Start(start)!;
    }
}
