using Undercroft.Testing;

namespace Undercroft.Tests.Storage;

/// <summary>What others do in the worst moment: declare indexes, mend documents, fail, set clocks back.</summary>
public sealed class AdversityTests : IAsyncLifetime
{
    private readonly MemoryStore memory = new();
    private readonly MeddlingStore store;

    public AdversityTests() => store = new MeddlingStore(memory);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await memory.DisposeAsync();
    }

    [Fact]
    public async Task An_index_declared_and_filled_while_another_is_being_filled_loses_nothing()
    {
        await Sample.Open(store: memory).Repository(Sample.Books)
            .CreateAsync("a", new Book("A", "x", 1, "s"), cancellationToken: Token);
        var slow = Sample.Open(store: store);
        store.BeforeScan = () => Sample.Open(store: memory)
            .PrepareAsync(Sample.Books.WithIndex("byTitle", "title"), Token);

        await slow.PrepareAsync(Sample.Books.WithIndex("byAuthor", "author"), Token);

        var read = await memory.ReadAsync(
            new RecordKey("books", "a"), new ReadOptions { Detail = RecordDetail.Complete }, Token);
        Assert.Equal(
            ["byAuthor", "byTitle"], read[0]!.Entries.Select(static entry => entry.Index.Split('#')[0]).Order());
    }

    [Fact]
    public async Task A_value_made_unique_while_the_index_is_filled_is_no_conflict()
    {
        var others = Sample.Open(store: memory).Repository(Sample.Books);
        await others.CreateAsync("a", new Book("A", "x", 1, "s"), cancellationToken: Token);
        await others.CreateAsync("b", new Book("B", "x", 1, "s"), cancellationToken: Token);
        var storage = Sample.Open(store: store);
        store.BeforeCommit = commit =>
        {
            if (commit.Operations.Any(static operation => operation.Key.Id == "b"))
            {
                store.BeforeCommit = null;
                others.UpsertAsync("b", new Book("B", "x", 1, "t"), null, Token).AsTask().Wait(Token);
            }
        };

        await storage.PrepareAsync(Sample.IndexedBooks, Token);

        Assert.Equal("t", (await storage.Repository(Sample.IndexedBooks).GetAsync("b", Token))!.Value.Slug);
    }

    [Fact]
    public async Task A_lease_that_cannot_be_given_back_hides_no_result_and_stops_nobody()
    {
        var storage = Sample.Open(store: store);
        var reported = new List<FailedEvent>();
        using var subscription = storage.Events.OnFailed(reported.Add);
        store.BeforeCommit = commit =>
        {
            if (commit.Operations is [DeleteOperation { Key.Collection: "$leases" }])
            {
                throw new StoreException(StoreErrorKind.Unavailable, "The disk sleeps.");
            }
        };

        for (var i = 0; i < 2; i++)
        {
            var result = await ContendAsync(storage, rounds: i == 0 ? 6 : 1).WaitAsync(TimeSpan.FromMinutes(2), Token);

            Assert.True(result.Attempts > 1);
        }

        Assert.Contains(reported, static failed => failed.Error.Message == "The disk sleeps.");
    }

    [Fact]
    public async Task What_a_transaction_has_started_may_run_one_of_its_own_when_it_has_ended()
    {
        var storage = Sample.Open(store: store);
        var ended = new TaskCompletionSource();
        Task<TransactionResult>? later = null;

        await storage.TransactionAsync(
            tx =>
            {
                later = LaterAsync();
                return default;
            },
            cancellationToken: Token);
        ended.SetResult();

        Assert.False((await later!).IsReplay);

        async Task<TransactionResult> LaterAsync()
        {
            await ended.Task;
            return await storage.TransactionAsync(static _ => default, cancellationToken: Token);
        }
    }

    [Fact]
    public async Task A_guard_after_a_query_that_found_nothing_is_misuse() =>
        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await Sample.Open(store: store).TransactionAsync(
            async tx =>
            {
                Assert.Equal(0, await tx.Repository(Sample.Books).Query().CountAsync(Token));
                await tx.GuardAsync("shelf", Token);
            },
            cancellationToken: Token));

    [Fact]
    public async Task A_counter_that_would_overflow_in_a_transaction_is_refused_at_once()
    {
        var storage = Sample.Open(store: store);

        var error = await Assert.ThrowsAsync<StoreException>(async () => await storage.TransactionAsync(
            async tx =>
            {
                await tx.Counter("c").AddAsync(long.MaxValue, Token);
                await tx.Counter("c").AddAsync(1, Token);
            },
            cancellationToken: Token));

        Assert.Equal(StoreErrorKind.LimitExceeded, error.Kind);
        Assert.Equal(0, await storage.Counter("c").GetAsync(Token));
    }

    [Fact]
    public async Task A_document_written_twice_in_one_batch_is_misuse_in_a_transaction_too()
    {
        var storage = Sample.Open(store: store);
        KeyValuePair<string, Book>[] twice = [new("a", new Book("A", "x", 1)), new("a", new Book("B", "x", 1))];

        await Assert.ThrowsAsync<ArgumentException>(async () => await storage.Repository(Sample.Books)
            .CreateManyAsync(twice, cancellationToken: Token));
        await Assert.ThrowsAsync<ArgumentException>(async () => await storage.TransactionAsync(
            async tx => await tx.Repository(Sample.Books).CreateManyAsync(twice, cancellationToken: Token),
            cancellationToken: Token));
    }

    [Fact]
    public async Task A_key_kept_for_no_time_is_misuse_and_one_kept_for_ever_is_not()
    {
        var storage = Sample.Open(store: store);
        var options = new TransactionOptions { IdempotencyKey = "k", IdempotencyKept = TimeSpan.Zero };
        var forEver = options with { IdempotencyKept = Timeout.InfiniteTimeSpan };

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await storage.TransactionAsync(static _ => default, options, Token));
        _ = await storage.TransactionAsync(static _ => default, forEver, Token);

        Assert.True((await storage.TransactionAsync(static _ => default, forEver, Token)).IsReplay);
    }

    [Fact]
    public async Task A_stop_after_the_first_change_since_the_end_loses_none_of_the_others()
    {
        var books = Sample.Open(store: store).Repository(Sample.Books);
        await using var changes = books.ChangesAsync(FeedCursor.End, Token).GetAsyncEnumerator(Token);
        var first = changes.MoveNextAsync();
        await books.CreateManyAsync(
            [new("a", new Book("A", "x", 1)), new("b", new Book("B", "x", 1))], cancellationToken: Token);
        Assert.True(await first);

        await using var again = books.ChangesAsync(changes.Current.Cursor, Token).GetAsyncEnumerator(Token);
        var seen = new List<string>();
        while (seen.Count < 2 && await again.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(2), Token))
        {
            seen.Add(again.Current.Id);
        }

        Assert.Equal(["a", "b"], seen);
    }

    [Fact]
    public async Task A_time_to_live_is_reckoned_from_the_stores_time_where_the_clock_was_set_back()
    {
        var clock = new ManualClock();
        await using var storage = Sample.Open(clock);
        var books = storage.Repository(Sample.Books);
        await books.CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
        clock.SetUtcNow(clock.GetUtcNow().AddHours(-1));

        var options = new WriteOptions { TimeToLive = TimeSpan.FromMinutes(1) };
        await books.CreateAsync("b", new Book("B", "x", 1), options, Token);

        Assert.NotNull(await books.GetAsync("b", Token));
    }

    [Fact]
    public async Task A_commit_with_a_hole_in_it_is_misuse() =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await memory.CommitAsync(
            new Commit([new DeleteOperation(new RecordKey("c", "a")), null!]), Token));

    private static async Task<TransactionResult> ContendAsync(Undercroft.Storage storage, int rounds)
    {
        var books = storage.Repository(Sample.Books);
        await books.UpsertAsync("a", new Book("A", "x", 0), null, Token);
        var others = Sample.Open(store: storage.Store).Repository(Sample.Books);
        var runs = 0;
        return await storage.TransactionAsync(
            async tx =>
            {
                var read = await tx.Repository(Sample.Books).GetAsync("a", Token);
                if (runs++ < rounds)
                {
                    await others.UpsertAsync("a", read!.Value with { Score = runs }, null, Token);
                }

                await tx.Repository(Sample.Books).UpsertAsync("b", read!.Value, null, Token);
            },
            cancellationToken: Token);
    }
}
