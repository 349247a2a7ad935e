namespace Undercroft.Files.Tests.Faults;

/// <summary>The same day on worse disks: every kind of call failing for good or for a while, syncs that lose what they
/// could not write, systems without some calls, and one misfortune on top of another.</summary>
public sealed class MoreFaultTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("write", 28)]
    [InlineData("write", 5)]
    [InlineData("open", 5)]
    [InlineData("rename", 28)]
    [InlineData("swap", 5)]
    [InlineData("delete", 5)]
    [InlineData("stat", 5)]
    [InlineData("list", 5)]
    [InlineData("read", 5)]
    [InlineData("length", 5)]
    [InlineData("mkdir", 28)]
    [InlineData("truncate", 5)]
    [InlineData("utimens", 5)]
    [InlineData("fdatasync", 5)]
    [InlineData("fsync of directory", 5)]
    [InlineData("syncfs", 5)]
    public async Task A_kind_of_call_that_fails_from_some_time_on_loses_nothing(string kind, int error)
    {
        for (var failsAt = 1; failsAt <= 40; failsAt++)
        {
            var files = FaultDay.NewDisk();
            (files.FailsKind, files.FailsAt, files.FailsOn, files.FailsWith) = (kind, failsAt, true, error);
            var day = new FaultDay();
            await day.LiveAsync(files, FaultDay.Options());
            files.Restart();

            await day.CheckAsync(files, FaultDay.Options(), Durability.Os, $"{kind} {failsAt} and all after, {error}");
        }
    }

    [Theory]
    [InlineData(28, 5)]
    [InlineData(28, 60)]
    [InlineData(5, 20)]
    public async Task A_disk_that_fails_for_a_while_goes_on_afterwards_and_a_power_cut_then_takes_nothing(
        int error, int heals)
    {
        var calls = await FaultDay.CountCallsAsync(0);
        for (var failsAt = 1; failsAt <= calls; failsAt += 3)
        {
            var chance = new Random((heals * 31) + failsAt);
            var files = FaultDay.NewDisk();
            (files.FailsAt, files.FailsOn, files.FailsWith, files.HealsAfter) = (failsAt, true, error, heals);
            var day = new FaultDay();
            await day.LiveAsync(files, FaultDay.Options());
            files.PowerOn(chance);

            await day.CheckAsync(
                files, FaultDay.Options(), Durability.Disk, $"calls {failsAt} to {failsAt + heals} failing, {error}");
        }
    }

    [Theory]
    [InlineData("fdatasync", 1)]
    [InlineData("fdatasync", 2)]
    [InlineData("syncfs", 3)]
    [InlineData("fsync of directory", 4)]
    public async Task What_a_failed_sync_has_lost_is_not_made_up_for(string kind, int round)
    {
        for (var failsAt = 1; failsAt <= 60; failsAt++)
        {
            var chance = new Random((round * 6_101) + failsAt);
            var files = FaultDay.NewDisk();
            (files.FailsKind, files.FailsAt, files.FailsWith) = (kind, failsAt, 5);
            var day = new FaultDay();
            await day.LiveAsync(files, FaultDay.Options());
            var hasFailed = files.Failed is not null;
            files.Restart();
            files.Forget(chance);

            await day.CheckAsync(
                files, FaultDay.Options(), Durability.Disk, $"{kind} {failsAt} that lost bytes", mayRefuse: hasFailed);
        }
    }

    [Theory]
    [InlineData(5, false, true)]
    [InlineData(0, false, true)]
    [InlineData(5, true, false)]
    [InlineData(0, true, false)]
    [InlineData(0, false, false)]
    public async Task A_system_that_lacks_calls_loses_nothing_either(int error, bool canSyncAll, bool canExchange)
    {
        var calls = await FaultDay.CountCallsAsync(0);
        for (var failsAt = 1; failsAt <= calls + 10; failsAt += 2)
        {
            var files = FaultDay.NewDisk(canSyncAll, canExchange);
            (files.FailsAt, files.FailsWith) = (failsAt, error);
            var day = new FaultDay();
            await day.LiveAsync(files, FaultDay.Options());
            var failed = files.Failed;
            if (error == 0)
            {
                files.PowerOn(new Random(failsAt));
            }
            else
            {
                files.Restart();
            }

            await day.CheckAsync(
                files, FaultDay.Options(), error == 0 ? Durability.Disk : Durability.Os,
                $"call {failsAt} ({failed}) failing with {error}");
        }
    }

    [Theory]
    [InlineData(28, 1)]
    [InlineData(5, 2)]
    public async Task A_call_that_fails_while_a_kill_is_recovered_from_and_a_power_cut_then_take_nothing(
        int error, int round)
    {
        var calls = await FaultDay.CountCallsAsync(0);
        for (var endsAt = round; endsAt <= calls; endsAt += 5)
        {
            var chance = new Random((round * 50_021) + endsAt);
            var files = FaultDay.NewDisk();
            files.EndsAt = endsAt;
            var day = new FaultDay();
            await day.LiveAsync(files, FaultDay.Options());
            files.Restart();
            (files.FailsAt, files.FailsWith) = (chance.Next(1, 80), error);
            files.EndsAt = files.FailsAt + chance.Next(1, 60);
            var what = $"a kill at {endsAt}, {error} at {files.FailsAt} and the end at {files.EndsAt}";
            await day.LiveAsync(files, FaultDay.Options());
            files.PowerOn(chance);

            await day.CheckAsync(files, FaultDay.Options(), Durability.Disk, what);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_power_cut_and_a_kill_of_the_process_that_followed_take_nothing(int round)
    {
        var calls = await FaultDay.CountCallsAsync(0);
        for (var endsAt = round; endsAt <= calls; endsAt += 2)
        {
            var chance = new Random((round * 70_001) + endsAt);
            var files = FaultDay.NewDisk();
            files.EndsAt = endsAt;
            var day = new FaultDay();
            await day.LiveAsync(files, FaultDay.Options());
            files.PowerOn(chance);
            files.EndsAt = chance.Next(1, 120);
            var what = $"a power cut at {endsAt} and a kill at {files.EndsAt}, round {round}";
            await day.LiveAsync(files, FaultDay.Options());
            files.Restart();

            await day.CheckAsync(files, FaultDay.Options(), Durability.Disk, what);
        }
    }

    [Fact]
    public async Task A_first_opening_that_was_cut_short_leaves_a_new_store_and_not_a_lost_one()
    {
        for (var endsAt = 1; endsAt <= 40; endsAt++)
        {
            var files = FaultDay.NewDisk();
            files.EndsAt = endsAt;
            await new FaultDay().LiveAsync(files, FaultDay.Options(1000));
            files.Restart();
            var isBegun = files.Peek($"{FaultDay.Root}/.undercroft/head") is not null;

            await using var store = await FileStore.OpenAsync(
                files, FaultDay.Options(), new Testing.ManualClock(), Cancel);

            Assert.Empty(store.Notices);
            var put = new Commit(new PutOperation(new RecordKey("c", "first"), "1"u8.ToArray()));
            var revision = (await store.CommitAsync(put, Cancel)).Revision;
            Assert.True(isBegun || revision == new Revision(1), $"After the end at call {endsAt}: {revision}.");
        }
    }

    [Theory]
    [InlineData(28)]
    [InlineData(5)]
    public async Task Closing_on_a_disk_that_fails_says_so_in_a_sentence_and_frees_the_folder(int error)
    {
        var files = FaultDay.NewDisk();
        var store = await FileStore.OpenAsync(files, FaultDay.Options(1000), new Testing.ManualClock(), Cancel);
        var put = new PutOperation(new RecordKey("c", "value"), "1"u8.ToArray());
        _ = await store.CommitAsync(new Commit(put) { Durability = Durability.Memory }, Cancel);
        (files.FailsAt, files.FailsOn, files.FailsWith) = (files.Calls + 1, true, error);

        var failure = await Assert.ThrowsAsync<StoreException>(async () => await store.DisposeAsync());

        Assert.Contains("level Memory", failure.Message, StringComparison.Ordinal);
        Assert.Equal(error == 28 ? StoreErrorKind.Full : StoreErrorKind.Unavailable, failure.Kind);
        (files.FailsAt, files.FailsOn) = (0, false);
        await using var again = await FileStore.OpenAsync(
            files, FaultDay.Options(), new Testing.ManualClock(), Cancel);
        await store.DisposeAsync();
    }
}
