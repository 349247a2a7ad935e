using Undercroft.Copies;
using Undercroft.Migrations;
using Undercroft.Testing;

namespace Undercroft.Tests.Copies;

public sealed class StoreCopyTests : IAsyncDisposable
{
    private readonly ManualClock clock = new();
    private readonly MemoryStore source;
    private readonly MemoryStore target;
    private readonly Undercroft.Storage storage;

    public StoreCopyTests()
    {
        source = new MemoryStore(clock: clock);
        target = new MemoryStore(clock: clock);
        storage = Sample.Open(clock, source);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await storage.DisposeAsync();
        await source.DisposeAsync();
        await target.DisposeAsync();
    }

    [Fact]
    public async Task A_copy_keeps_everything_but_what_each_store_has_of_its_own()
    {
        await new RandomContent(storage, new Random(1)).ChangeAsync(400, Token);
        clock.Advance(TimeSpan.FromDays(1));

        var report = await CopyAsync();

        await AssertEqualAsync();
        Assert.True(report.HasCaughtUp);
        Assert.False(report.IsResumed);
        Assert.True(report.Records > 50 && report.Deletions > 0 && report.Bytes > report.Records);
    }

    [Fact]
    public async Task Queries_counters_tags_and_unique_values_work_on_the_copy()
    {
        var books = storage.Repository(Sample.IndexedBooks);
        await books.CreateAsync(
            "emma", new Book("Emma", "Austen", 3, "emma"), new WriteOptions { Tags = ["classic"] }, Token);
        await books.CreateAsync("villette", new Book("Villette", "Brontë", 4, "villette"), cancellationToken: Token);
        _ = await storage.Counter("sold").AddAsync(7, Token);

        _ = await CopyAsync();

        var copied = Sample.Open(clock, target);
        var found = await copied.Repository(Sample.IndexedBooks)
            .Query().Where(static book => book.Author == "Austen").RequireIndex().ToPageAsync(cancellationToken: Token);
        var tagged = await copied.Repository(Sample.IndexedBooks).Query().WithTag("classic").CountAsync(Token);
        Assert.Equal("Emma", Assert.Single(found.Items).Value.Title);
        Assert.Equal(1, tagged);
        Assert.Equal(8, await copied.Counter("sold").AddAsync(1, Token));
        await Assert.ThrowsAsync<UniqueConflictException>(() => copied.Repository(Sample.IndexedBooks)
            .CreateAsync("e2", new Book("E", "A", 1, "emma"), cancellationToken: Token).AsTask());
    }

    [Fact]
    public async Task Leases_stay_behind_for_their_holders_do()
    {
        _ = await MigrationLease.TakeAsync(storage, "books", new MigratorOptions(), Token);

        _ = await CopyAsync();

        await using var copied = Sample.Open(clock, target);
        _ = await MigrationLease.TakeAsync(copied, "books", new MigratorOptions(), Token);
    }

    [Fact]
    public async Task Run_again_it_goes_on_and_carries_changes_deletions_and_expiry()
    {
        var books = storage.Repository(Sample.Books);
        await books.CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
        await books.CreateAsync("b", new Book("B", "x", 1), cancellationToken: Token);
        await books.CreateAsync(
            "c", new Book("C", "x", 1), new WriteOptions { TimeToLive = TimeSpan.FromHours(1) }, Token);
        var first = await CopyAsync();
        await books.UpsertAsync("a", new Book("A2", "x", 2), cancellationToken: Token);
        await books.DeleteAsync("b", cancellationToken: Token);
        clock.Advance(TimeSpan.FromHours(1));
        _ = await source.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Expire }, Token);

        var second = await CopyAsync();

        await AssertEqualAsync();
        Assert.Equal((3, 0), (first.Records, first.Deletions));
        Assert.Equal((4, 2, true), (second.Records, second.Deletions, second.IsResumed));
        var left = await target.ScanAsync(new ScanRequest { Collection = "books" }, Token);
        Assert.Equal("a", Assert.Single(left.Items).Record.Key.Id);
    }

    [Fact]
    public async Task A_run_that_finds_nothing_new_writes_nothing_but_its_lease()
    {
        await new RandomContent(storage, new Random(2)).ChangeAsync(50, Token);
        var first = await CopyAsync();
        var before = await target.ChangesAsync(new ChangesRequest { After = FeedCursor.End }, Token);

        var second = await CopyAsync();

        var written = await target.ChangesAsync(new ChangesRequest { After = before.Next }, Token);
        Assert.Equal(first with { IsResumed = true }, second);
        Assert.Equal("$copies/lease", Assert.Single(written.Changes).Key.ToString());
    }

    [Fact]
    public async Task A_live_copy_follows_until_it_is_told_to_stop_and_goes_on_when_it_is_run_again()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var books = storage.Repository(Sample.Books);
        await books.CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
        var arrived = new Arrivals();
        var copy = new StoreCopy(source, target, new StoreCopyOptions { IsLive = true }, clock);

        var running = copy.RunAsync(arrived, stop.Token);
        await arrived.WaitAsync(1);
        await books.CreateAsync("b", new Book("B", "x", 1), cancellationToken: Token);
        await arrived.WaitAsync(2);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await AssertEqualAsync();
        await books.DeleteAsync("a", cancellationToken: Token);
        Assert.True((await CopyAsync()).IsResumed);
        await AssertEqualAsync();
    }

    [Fact]
    public async Task A_target_with_records_is_refused_and_nothing_is_written()
    {
        await storage.Repository(Sample.Books).CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
        await Sample.Open(clock, target).Repository(Sample.Books)
            .CreateAsync("mine", new Book("M", "x", 1), cancellationToken: Token);

        var error = await Assert.ThrowsAsync<StoreException>(CopyAsync);

        Assert.Equal(StoreErrorKind.Conflict, error.Kind);
        Assert.StartsWith(
            "Cannot copy into 'memory': it already holds 1 records, the first in 'books'", error.Message,
            StringComparison.Ordinal);
        var read = await target.ReadAsync(new RecordKey("books", "a"), default, Token);
        Assert.Null(read[0]);
    }

    [Fact]
    public async Task Overwriting_keeps_what_only_the_target_has_and_a_mirror_does_not()
    {
        await storage.Repository(Sample.Books).CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
        var theirs = Sample.Open(clock, target).Repository(Sample.Books);
        await theirs.CreateAsync("mine", new Book("M", "x", 1), cancellationToken: Token);
        await theirs.CreateAsync("a", new Book("old", "x", 1), cancellationToken: Token);

        _ = await CopyAsync(new StoreCopyOptions { Target = CopyTarget.Overwrite });

        Assert.Equal("A", (await theirs.GetAsync("a", Token))!.Value.Title);
        Assert.NotNull(await theirs.GetAsync("mine", Token));
        await using var other = new MemoryStore(clock: clock);
        _ = await new StoreCopy(target, other, clock: clock).RunAsync(cancellationToken: Token);
        _ = await new StoreCopy(source, other, new StoreCopyOptions { Target = CopyTarget.Mirror }, clock)
            .RunAsync(cancellationToken: Token);
        Assert.True((await StoreComparison.CompareAsync(source, other, clock, cancellationToken: Token)).AreEqual);
    }

    [Fact]
    public async Task Copied_among_others_every_document_is_found_by_every_index()
    {
        var byAuthor = Sample.Books.WithIndex("byAuthor", "author");
        var byScore = Sample.Books.WithIndex("byScore", "score");
        await storage.Repository(byAuthor).CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
        await Sample.Open(clock, target).Repository(byScore)
            .CreateAsync("m", new Book("M", "x", 1), cancellationToken: Token);

        _ = await CopyAsync(new StoreCopyOptions { Target = CopyTarget.Overwrite });

        var merged = Sample.Open(clock, target);
        var byOne = await merged.Repository(byScore)
            .Query().Where(static book => book.Score == 1).RequireIndex().CountAsync(Token);
        var byOther = await merged.Repository(byAuthor)
            .Query().Where(static book => book.Author == "x").RequireIndex().CountAsync(Token);
        Assert.Equal((2, 2), (byOne, byOther));
    }

    [Fact]
    public async Task A_unique_value_of_a_record_that_only_the_target_has_stops_a_copy_that_overwrites()
    {
        await storage.Repository(Sample.IndexedBooks)
            .CreateAsync("a", new Book("A", "x", 1, "slug"), cancellationToken: Token);
        await Sample.Open(clock, target).Repository(Sample.IndexedBooks)
            .CreateAsync("mine", new Book("M", "x", 1, "slug"), cancellationToken: Token);

        var error = await Assert.ThrowsAsync<UniqueConflictException>(
            () => CopyAsync(new StoreCopyOptions { Target = CopyTarget.Overwrite }));

        Assert.Equal(("books/a", "books/mine"), (error.Key.ToString(), error.Holder.ToString()));
    }

    [Fact]
    public async Task A_source_that_has_forgotten_deletions_is_walked_again_and_what_is_gone_goes()
    {
        var books = storage.Repository(Sample.Books);
        await books.CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
        await books.CreateAsync("b", new Book("B", "x", 1), cancellationToken: Token);
        _ = await CopyAsync();
        await books.DeleteAsync("a", cancellationToken: Token);
        await books.CreateAsync("c", new Book("C", "x", 1), cancellationToken: Token);
        _ = await source.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Compact }, Token);

        var report = await CopyAsync();

        await AssertEqualAsync();

        // What was there already is not written again.
        Assert.Equal((3, 1, 1), (report.Records, report.Deletions, report.Rescans));
    }

    [Fact]
    public async Task A_second_copy_into_the_same_target_is_refused_while_the_first_lives()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var arrived = new Arrivals();
        var first = new StoreCopy(source, target, new StoreCopyOptions { IsLive = true }, clock)
            .RunAsync(arrived, stop.Token);
        await arrived.WaitAsync(0);
        var second = CopyAsync();

        while (!second.IsCompleted)
        {
            // The clock must not run away from a holder that lives and is about to renew.
            var isUrgent = await RestOfLeaseAsync() < TimeSpan.FromSeconds(3);
            for (var patience = 10_000; isUrgent && patience > 0; patience--)
            {
                await Task.Yield();
                isUrgent = !second.IsCompleted && await RestOfLeaseAsync() < TimeSpan.FromSeconds(3);
            }

            clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        var error = await Assert.ThrowsAsync<StoreException>(() => second);
        Assert.Equal(StoreErrorKind.InUse, error.Kind);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        _ = await CopyAsync();
    }

    [Fact]
    public async Task The_lease_of_a_copy_that_was_killed_is_waited_for()
    {
        var lease = new PutOperation(new RecordKey("$copies", "lease"), "{}"u8.ToArray())
        {
            ExpiresAt = clock.GetUtcNow() + TimeSpan.FromSeconds(5),
        };
        _ = await target.CommitAsync(new Commit(lease), Token);
        var started = clock.GetUtcNow();
        var running = CopyAsync();

        while (!running.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.True((await running).HasCaughtUp);
        Assert.True(clock.GetUtcNow() - started >= TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_copy_that_was_taken_over_stops_and_writes_nothing_more()
    {
        await new RandomContent(storage, new Random(3)).ChangeAsync(100, Token);
        var slow = new UnsteadyStore(target);
        slow.Before = async commit =>
        {
            if (slow.Commits == 2)
            {
                // It sleeps; its lease ends; another copies everything.
                slow.Before = static _ => default;
                clock.Advance(TimeSpan.FromSeconds(6));
                _ = await CopyAsync(new StoreCopyOptions { BatchSize = 10 });
            }
        };

        var error = await Assert.ThrowsAsync<StoreException>(() => new StoreCopy(
            source, slow, new StoreCopyOptions { BatchSize = 10 }, clock).RunAsync(cancellationToken: Token));

        Assert.Contains("another has taken over", error.Message, StringComparison.Ordinal);
        await AssertEqualAsync();
    }

    [Fact]
    public async Task A_record_too_large_for_the_target_is_named_and_what_came_before_is_there()
    {
        await storage.Repository(Sample.Books).CreateAsync("small", new Book("S", "x", 1), cancellationToken: Token);
        await storage.Repository(Sample.Books)
            .CreateAsync("large", new Book(new string('l', 500), "x", 1), cancellationToken: Token);
        await using var tight = new MemoryStore(
            new MemoryStoreOptions { Limits = new StoreLimits { ValueBytesMax = 400 } }, clock);

        var error = await Assert.ThrowsAsync<LimitExceededException>(() => new StoreCopy(
            source, tight, new StoreCopyOptions { BatchSize = 1 }, clock).RunAsync(cancellationToken: Token));

        Assert.Contains("the value of 'books/large'", error.Message, StringComparison.Ordinal);
        Assert.NotNull((await tight.ReadAsync(new RecordKey("books", "small"), default, Token))[0]);
    }

    [Fact]
    public async Task A_target_that_takes_little_at_once_gets_it_in_pieces()
    {
        var random = new RandomContent(storage, new Random(4));
        await random.ChangeAsync(300, Token);
        var limits = new StoreLimits { OperationsMax = 4, CommitBytesMax = 8192, KeysPerReadMax = 2 };
        await using var tight = new MemoryStore(new MemoryStoreOptions { Limits = limits }, clock);

        _ = await new StoreCopy(source, tight, clock: clock).RunAsync(cancellationToken: Token);
        await random.ChangeAsync(50, Token);
        _ = await source.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Compact }, Token);
        _ = await new StoreCopy(source, tight, clock: clock).RunAsync(cancellationToken: Token);

        var comparison = await StoreComparison.CompareAsync(source, tight, clock, cancellationToken: Token);
        Assert.Empty(comparison.Differences);
    }

    [Fact]
    public async Task Copied_both_ways_two_stores_do_not_echo()
    {
        var there = new StoreCopyOptions { Target = CopyTarget.Overwrite, Origin = "there", ExceptOrigin = "back" };
        var back = new StoreCopyOptions { Target = CopyTarget.Overwrite, Origin = "back", ExceptOrigin = "there" };
        await storage.Repository(Sample.Books).CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
        await Sample.Open(clock, target).Repository(Sample.Books)
            .CreateAsync("b", new Book("B", "x", 1), cancellationToken: Token);
        for (var i = 0; i < 3; i++)
        {
            _ = await CopyAsync(there);
            _ = await new StoreCopy(target, source, back, clock).RunAsync(cancellationToken: Token);
        }

        var forth = await CopyAsync(there);

        await AssertEqualAsync();
        Assert.Equal(1, forth.Records);
    }

    [Fact]
    public void A_store_is_not_copied_into_itself()
    {
        var error = Assert.Throws<ArgumentException>(() => new StoreCopy(source, source));

        Assert.StartsWith(
            "Cannot copy 'memory' into 'memory': they are one store", error.Message, StringComparison.Ordinal);
    }

    private async Task<TimeSpan> RestOfLeaseAsync()
    {
        var lease = (await target.ReadAsync(new RecordKey("$copies", "lease"), cancellationToken: Token))[0];
        return lease?.ExpiresAt - clock.GetUtcNow() ?? TimeSpan.MaxValue;
    }

    private Task<CopyReport> CopyAsync() => CopyAsync(StoreCopyOptions.Default);

    private Task<CopyReport> CopyAsync(StoreCopyOptions options) =>
        new StoreCopy(source, target, options, clock).RunAsync(cancellationToken: Token);

    private async Task AssertEqualAsync()
    {
        var comparison = await StoreComparison.CompareAsync(source, target, clock, cancellationToken: Token);
        Assert.Empty(comparison.Differences);
    }

    /// <summary>Lets a test wait until so many records have arrived.</summary>
    private sealed class Arrivals : IProgress<CopyReport>
    {
        private readonly SemaphoreSlim told = new(0);
        private CopyReport? last;

        public void Report(CopyReport value)
        {
            last = value;
            _ = told.Release();
        }

        public async Task WaitAsync(long records)
        {
            while (last is null || last.Records < records)
            {
                await told.WaitAsync(Token);
            }
        }
    }
}
