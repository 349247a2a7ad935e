using System.Globalization;
using System.Text;
using Undercroft.Files.Tree;
using Undercroft.Testing;

namespace Undercroft.Files.Tests.Faults;

/// <summary>One scripted day in the life of a store, with every single call to the file system failing once, in every
/// way a disk can fail. Whatever happens, the store afterwards holds each acknowledged commit whole, no commit half,
/// and nothing that nobody wrote; or it says in a sentence why it is not opened.</summary>
public sealed class FaultTests
{
    private const string Root = FaultDay.Root;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(28, false, 0)]
    [InlineData(28, true, 1000)]
    [InlineData(5, false, 1000)]
    [InlineData(5, true, 0)]
    [InlineData(0, false, 0)]
    [InlineData(0, false, 1000)]
    public async Task Whatever_call_fails_no_acknowledged_commit_is_lost_and_none_is_half_there(
        int error, bool failsOn, int treeDelay)
    {
        var calls = await FaultDay.CountCallsAsync(treeDelay);
        for (var failsAt = 1; failsAt <= calls + 10; failsAt++)
        {
            var seed = (error * 1_000_003) + failsAt;
            var files = FaultDay.NewDisk();
            (files.FailsAt, files.FailsOn, files.FailsWith) = (failsAt, failsOn, error);
            var day = new FaultDay();
            await day.LiveAsync(files, FaultDay.Options(treeDelay));
            var failed = files.Failed;
            if (error == 0)
            {
                files.PowerOn(new Random(seed));
            }
            else
            {
                files.Restart();
            }

            var safe = error == 0 ? Durability.Disk : Durability.Os;
            await day.CheckAsync(
                files, FaultDay.Options(), safe, $"call {failsAt} ({failed}) failing with {error}, seed {seed}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task After_a_power_cut_at_any_call_and_another_one_while_it_recovers_nothing_is_lost(int round)
    {
        var calls = await FaultDay.CountCallsAsync(0);
        for (var failsAt = round; failsAt <= calls; failsAt += 3)
        {
            var chance = new Random((round * 7_919) + failsAt);
            var files = FaultDay.NewDisk();
            (files.FailsAt, files.FailsWith) = (failsAt, 0);
            var day = new FaultDay();
            await day.LiveAsync(files, FaultDay.Options());
            files.PowerOn(chance);
            (files.FailsAt, files.FailsWith) = (chance.Next(1, 90), 0);
            try
            {
                await using var again = await FileStore.OpenAsync(files, FaultDay.Options(), new ManualClock(), Cancel);
                _ = await again.CommitAsync(
                    new Commit(new PutOperation(new RecordKey("between", "cuts"), "1"u8.ToArray())), Cancel);
            }
            catch (StoreException)
            {
                // The power went again.
            }

            files.PowerOn(chance);
            await day.CheckAsync(files, FaultDay.Options(), Durability.Disk, $"call {failsAt}, round {round}");
        }
    }

    [Theory]
    [InlineData(28, 1)]
    [InlineData(28, 2)]
    [InlineData(5, 3)]
    public async Task After_a_call_that_failed_and_then_a_power_cut_or_a_kill_nothing_is_lost(int error, int round)
    {
        var calls = await FaultDay.CountCallsAsync(0);
        for (var failsAt = round; failsAt <= calls; failsAt += 3)
        {
            var chance = new Random((round * 104_729) + failsAt);
            var files = FaultDay.NewDisk();
            (files.FailsAt, files.FailsWith) = (failsAt, error);
            files.EndsAt = failsAt + chance.Next(1, 40);
            var what = $"call {failsAt} failing with {error}, the end at call {files.EndsAt}, round {round}";
            var day = new FaultDay();
            await day.LiveAsync(files, FaultDay.Options());
            var isKill = chance.Next(2) == 0;
            if (isKill)
            {
                files.Restart();
            }
            else
            {
                files.PowerOn(chance);
            }

            await day.CheckAsync(files, FaultDay.Options(), isKill ? Durability.Os : Durability.Disk, what);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task After_a_kill_and_a_power_cut_of_the_process_that_followed_nothing_is_lost(int round)
    {
        var calls = await FaultDay.CountCallsAsync(0);
        for (var endsAt = round; endsAt <= calls; endsAt += 4)
        {
            var chance = new Random((round * 15_485_863) + endsAt);
            var files = FaultDay.NewDisk();
            files.EndsAt = endsAt;
            var day = new FaultDay();
            await day.LiveAsync(files, FaultDay.Options());
            files.Restart();
            files.EndsAt = chance.Next(1, (int)calls);
            var what = $"a kill at call {endsAt}, a power cut at call {files.EndsAt}, round {round}";
            await day.LiveAsync(files, FaultDay.Options());
            files.PowerOn(chance);

            await day.CheckAsync(files, FaultDay.Options(), Durability.Disk, what);
        }
    }

    [Fact]
    public async Task An_edit_by_hand_saved_while_its_record_is_on_the_way_to_its_file_wins()
    {
        var files = FaultDay.NewDisk();
        var key = new RecordKey("c", "value");
        var flush = new MaintenanceRequest { Kind = MaintenanceKind.Compact };
        await using var store = await FileStore.OpenAsync(files, FaultDay.Options(), new ManualClock(), Cancel);
        _ = await store.CommitAsync(new Commit(new PutOperation(key, "\"first\""u8.ToArray())), Cancel);
        _ = await store.MaintainAsync(flush, Cancel);
        var edits = 1;
        files.Synced = (path, _) =>
        {
            if (path.EndsWith(TreePaths.NextName, StringComparison.Ordinal) && edits-- > 0)
            {
                files.Edit($"{Root}/c/value.json", "\"by hand\""u8.ToArray());
            }
        };

        _ = await store.CommitAsync(new Commit(new PutOperation(key, "\"second\""u8.ToArray())), Cancel);
        _ = await store.MaintainAsync(flush, Cancel);
        _ = await store.RescanAsync(cancellationToken: Cancel);

        var found = (await store.ReadAsync(key, cancellationToken: Cancel))[0];
        Assert.Equal(("\"by hand\"", FileStore.HandOrigin), (Encoding.UTF8.GetString(found!.Value.Span), found.Origin));
        Assert.Equal("\"by hand\"", Encoding.UTF8.GetString(files.Peek($"{Root}/c/value.json")!));
    }

    [Fact]
    public async Task Opening_a_store_again_and_again_leaves_no_more_files_than_opening_it_once()
    {
        var files = FaultDay.NewDisk();
        for (var i = 0; i < 10; i++)
        {
            await using var store = await FileStore.OpenAsync(files, FaultDay.Options(), new ManualClock(), Cancel);
        }

        Assert.Single(files.Files(), static path => path.Contains("journal-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_acknowledged_at_level_Disk_before_a_completed_sync_of_its_bytes()
    {
        var files = FaultDay.NewDisk();
        var synced = new List<byte[]>();
        files.Synced = (path, bytes) =>
        {
            if (path.Contains("journal-", StringComparison.Ordinal))
            {
                lock (synced)
                {
                    synced.Add(bytes);
                }
            }
        };
        await using var store = await FileStore.OpenAsync(files, FaultDay.Options(), new ManualClock(), Cancel);

        for (var i = 0; i < 50; i++)
        {
            var text = $"\"marker {i} end\"";
            _ = await store.CommitAsync(
                new Commit(new PutOperation(new RecordKey("c", $"{i % 7}"), Encoding.UTF8.GetBytes(text))),
                Cancel);
            lock (synced)
            {
                Assert.Contains(synced, bytes => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);
            }
        }
    }
}
