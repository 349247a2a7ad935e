using Undercroft.Archives;
using Undercroft.Blobs;
using Undercroft.Copies;
using Undercroft.Testing;
using Undercroft.Tests.Blobs;

namespace Undercroft.Tests.Storage;

/// <summary>Who needs all that was committed waits where the feed holds some of it back, and says so.</summary>
/// <remarks>A copy from PostgreSQL took the end of the feed for all there was while a transaction was open, said that
/// it had caught up, and left documents out.</remarks>
public sealed class HeldBackTests : IAsyncDisposable
{
    private readonly ManualClock clock = new();
    private readonly Waits waits = new();
    private readonly HoldingStore source;
    private readonly MemoryStore target;
    private readonly Undercroft.Storage storage;

    public HeldBackTests()
    {
        source = new HoldingStore(new MemoryStore(clock: clock));
        target = new MemoryStore(clock: clock);
        storage = BlobWorld.Open(source, clock);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HeldBackWait Wait => new() { Progress = waits, WaitMax = TimeSpan.FromDays(1000) };

    public async ValueTask DisposeAsync()
    {
        await storage.DisposeAsync();
        await source.DisposeAsync();
        await target.DisposeAsync();
    }

    [Fact]
    public async Task A_copy_has_not_caught_up_before_nothing_is_held_back()
    {
        await FillAsync();
        var reports = new Reports();

        var copying = Copy(Wait).RunAsync(reports, Token);
        await PassAsync(copying, () => waits.Count > 0);
        var waiting = reports.Last!;
        await PassAsync(copying, () => false, TimeSpan.FromSeconds(30));
        source.LetGo();
        var report = await PassAsync(copying);

        Assert.Equal((false, HoldingStore.Why), (waiting.HasCaughtUp, waiting.HeldBack));
        Assert.Equal((true, (FeedHold?)null), (report.HasCaughtUp, report.HeldBack));
        Assert.Equal(1, waits.Count);
        Assert.True((await StoreComparison.CompareAsync(source, target, clock, cancellationToken: Token)).AreEqual);
    }

    [Fact]
    public async Task A_copy_fails_with_a_sentence_when_it_has_waited_long_enough_and_goes_on_when_it_is_run_again()
    {
        await FillAsync();

        var error = await Assert.ThrowsAsync<StoreException>(
            () => PassAsync(Copy(Wait with { WaitMax = TimeSpan.FromSeconds(10) }).RunAsync(null, Token)));
        source.LetGo();
        var report = await PassAsync(Copy(Wait).RunAsync(null, Token));

        Assert.Equal((StoreErrorKind.Unavailable, true), (error.Kind, error.IsTransient));
        Assert.Equal(
            "Cannot copy all of 'memory': what was committed since 2031-03-14 15:09:26Z is held back from its feed, "
            + "and has been for the 00:00:10 that it may take (HeldBackWait.WaitMax, --held-back-wait). "
            + "Somebody is at it. Send them home. Then try again.",
            error.Message);
        Assert.Equal((true, true), (report.IsResumed, report.HasCaughtUp));
        Assert.True((await StoreComparison.CompareAsync(source, target, clock, cancellationToken: Token)).AreEqual);
    }

    [Fact]
    public async Task A_live_copy_waits_for_ever_and_has_caught_up_when_nothing_is_held_back()
    {
        await FillAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var reports = new Reports();
        var options = new StoreCopyOptions { IsLive = true, HeldBack = Wait };

        var copying = new StoreCopy(source, target, options, clock).RunAsync(reports, stop.Token);
        await PassAsync(copying, () => false, TimeSpan.FromMinutes(10));
        Assert.False(reports.Last!.HasCaughtUp);
        source.LetGo();
        await PassAsync(copying, () => reports.Last.HasCaughtUp);
        await stop.CancelAsync();

        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copying);
        Assert.True((await StoreComparison.CompareAsync(source, target, clock, cancellationToken: Token)).AreEqual);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_archive_is_not_whole_before_nothing_is_held_back(bool isCanonical)
    {
        await FillAsync();
        var options = new ArchiveOptions { HeldBack = Wait, IsCanonical = isCanonical };
        var (early, late) = (new MemoryStream(), new MemoryStream());

        var archiving = StoreArchive.WriteAsync(source, early, options, clock, cancellationToken: Token);
        await PassAsync(archiving, () => waits.Count > 0);
        source.LetGo();
        _ = await PassAsync(archiving);
        _ = await StoreArchive.WriteAsync(source, late, options, clock, cancellationToken: Token);

        Assert.True((await StoreArchive.CompareAsync(early, source, clock: clock, cancellationToken: Token)).AreEqual);
        Assert.True(!isCanonical || early.ToArray().AsSpan().SequenceEqual(late.ToArray()));
    }

    [Fact]
    public async Task An_archive_in_a_file_that_has_waited_long_enough_is_gone_on_with()
    {
        await FillAsync();
        var folder = Directory.CreateTempSubdirectory("undercroft-held-").FullName;
        var path = Path.Combine(folder, "a.tar");
        var options = new ArchiveOptions { HeldBack = Wait with { WaitMax = TimeSpan.Zero } };

        var error = await Assert.ThrowsAsync<StoreException>(
            () => StoreArchive.WriteFileAsync(source, path, options, clock, cancellationToken: Token));
        source.LetGo();
        var report = await StoreArchive.WriteFileAsync(source, path, clock: clock, cancellationToken: Token);
        Directory.Delete(folder, recursive: true);

        Assert.StartsWith("Cannot archive 'memory'", error.Message, StringComparison.Ordinal);
        Assert.True(report.IsResumed);
    }

    [Fact]
    public async Task The_collector_of_blobs_deletes_nothing_while_references_may_be_held_back()
    {
        _ = await storage.Blobs.PutAsync("gone", new MemoryStream([1]), cancellationToken: Token);
        _ = await storage.Blobs.DeleteAsync("gone", cancellationToken: Token);
        await FillAsync();
        var options = new BlobCollectOptions { Grace = TimeSpan.Zero, HeldBack = Wait };

        var collecting = storage.Blobs.CollectAsync(options, Token).AsTask();
        await PassAsync(collecting, () => waits.Count > 0);
        var before = (await BlobWorld.RecordsAsync(storage, BlobKeys.Chunks)).Count;
        source.LetGo();
        var report = await PassAsync(collecting);

        Assert.Equal((1, 1), (before, report.Deleted));
    }

    [Fact]
    public async Task A_follower_is_told_what_is_held_back_if_it_wants_to_be()
    {
        await FillAsync();
        var options = new FollowOptions { Waits = false, TellsHeldBack = true };

        var pages = await storage.FollowAsync(default, options, Token).ToListAsync(Token);
        var last = Assert.Single(await storage.FollowAsync(pages[^1].Next, options, Token).ToListAsync(Token));
        Assert.Empty(
            await storage.FollowAsync(last.Next, options with { TellsHeldBack = false }, Token).ToListAsync(Token));
        source.LetGo();
        var rest = Assert.Single(await storage.FollowAsync(last.Next, options, Token).ToListAsync(Token));

        Assert.Equal(HoldingStore.Why, last.HeldBack);
        Assert.Empty(last.Changes);
        Assert.Equal(["new", "old"], rest.Changes.Select(static change => change.Key.Id));
        Assert.Null(rest.HeldBack);
    }

    [Fact]
    public void A_wait_must_not_be_negative()
    {
        var wait = new HeldBackWait { WaitMax = TimeSpan.FromTicks(-1) };

        _ = Assert.Throws<ArgumentOutOfRangeException>(() => Copy(wait));
        Assert.Equal(TimeSpan.FromMinutes(5), HeldBackWait.Default.WaitMax);
        Assert.NotNull(Copy(wait with { WaitMax = Timeout.InfiniteTimeSpan }));
    }

    // One that has been there, written again, and one that is new.
    private async Task FillAsync()
    {
        await PutAsync("kept");
        await PutAsync("old");
        await source.HoldAsync();
        _ = await source.CommitAsync(
            new Commit(
                new PutOperation(new RecordKey("k", "old"), "2"u8.ToArray()),
                new PutOperation(new RecordKey("k", "new"), "2"u8.ToArray())),
            Token);
    }

    private async Task PutAsync(string id) =>
        _ = await source.CommitAsync(new Commit(new PutOperation(new RecordKey("k", id), "1"u8.ToArray())), Token);

    private StoreCopy Copy(HeldBackWait wait) =>
        new(source, target, new StoreCopyOptions { HeldBack = wait }, clock);

    // Lets time pass until something is so, or the work has ended.
    private async Task PassAsync(Task work, Func<bool> until, TimeSpan? most = null)
    {
        for (var left = most ?? TimeSpan.MaxValue;
            !work.IsCompleted && !until() && left > TimeSpan.Zero;
            left -= TimeSpan.FromMilliseconds(100))
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
    }

    private async Task<T> PassAsync<T>(Task<T> work)
    {
        await PassAsync(work, () => false);
        return await work;
    }

    private sealed class Waits : IProgress<FeedHold>
    {
        private int count;

        public int Count => Volatile.Read(ref count);

        public void Report(FeedHold value)
        {
            Assert.Equal(HoldingStore.Why, value);
            _ = Interlocked.Increment(ref count);
        }
    }

    private sealed class Reports : IProgress<CopyReport>
    {
        public CopyReport? Last { get; private set; }

        public void Report(CopyReport value) => Last = value;
    }
}
