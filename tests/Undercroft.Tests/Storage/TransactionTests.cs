using System.Diagnostics.CodeAnalysis;
using Undercroft.Backends;
using Undercroft.Layers;
using Undercroft.Testing;

namespace Undercroft.Tests.Storage;

public sealed class TransactionTests : IAsyncLifetime
{
    private readonly Undercroft.Storage storage = Sample.Open();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IRepository<Book> Books => storage.Repository(Sample.Books);

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => storage.DisposeAsync();

    [Fact]
    public async Task A_transaction_sees_its_own_writes_and_nobody_else_does_before_its_end()
    {
        await storage.TransactionAsync(
            async tx =>
            {
                var books = tx.Repository(Sample.Books);
                var created = await books.CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
                await books.UpdateAsync(created, new Book("A", "x", 2), cancellationToken: Token);

                Assert.Equal(2, (await books.GetAsync("a", Token))!.Value.Score);
                Assert.Null(await Books.GetAsync("a", Token));
            },
            cancellationToken: Token);

        Assert.Equal(2, (await Books.GetAsync("a", Token))!.Value.Score);
    }

    [Fact]
    public async Task All_writes_of_a_transaction_share_one_revision()
    {
        var result = await storage.TransactionAsync(
            async tx =>
            {
                await tx.Repository(Sample.Books).CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
                await tx.Repository(Sample.Books).CreateAsync("b", new Book("B", "x", 1), cancellationToken: Token);
                await tx.Counter("books").AddAsync(2, Token);
            },
            cancellationToken: Token);

        Assert.Equal(result.Revision, (await Books.GetAsync("a", Token))!.Revision);
        Assert.Equal(result.Revision, (await Books.GetAsync("b", Token))!.Revision);
        Assert.Equal(result.At, (await Books.GetAsync("a", Token))!.CreatedAt);
        Assert.Equal(2, await storage.Counter("books").GetAsync(Token));
    }

    [Fact]
    public async Task What_is_deleted_and_created_in_one_transaction_is_new()
    {
        var clock = new ManualClock();
        await using var storage = Sample.Open(clock);
        var books = storage.Repository(Sample.Books);
        var (old, life) = (new Book("A", "x", 1), TimeSpan.FromDays(1));
        await books.CreateAsync("a", old, new WriteOptions { Tags = ["old"], TimeToLive = life }, Token);
        await books.CreateAsync("b", old, cancellationToken: Token);
        var before = clock.GetUtcNow();
        clock.Advance(TimeSpan.FromHours(1));

        await storage.TransactionAsync(
            async tx =>
            {
                var inside = tx.Repository(Sample.Books);
                await inside.DeleteAsync("a", cancellationToken: Token);
                var created = await inside.CreateAsync("a", old with { Score = 2 }, cancellationToken: Token);
                Assert.Equal(clock.GetUtcNow(), created.CreatedAt);
                await inside.UpdateAsync(created, old with { Score = 3 }, cancellationToken: Token);
                await inside.PatchAsync("b", static book => book with { Score = 3 }, cancellationToken: Token);
            },
            cancellationToken: Token);

        var (a, b) = ((await books.GetAsync("a", Token))!, (await books.GetAsync("b", Token))!);
        Assert.Equal((3, clock.GetUtcNow(), clock.GetUtcNow()), (a.Value.Score, a.CreatedAt, a.UpdatedAt));
        Assert.Empty(a.Tags);
        Assert.Null(a.ExpiresAt);
        Assert.Equal((3, before, clock.GetUtcNow()), (b.Value.Score, b.CreatedAt, b.UpdatedAt));
    }

    [Fact]
    public async Task A_transaction_that_only_reads_writes_nothing_and_runs_on_a_store_for_reading()
    {
        await Books.CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
        await Books.CreateAsync("b", new Book("B", "x", 1), cancellationToken: Token);
        await using var reading = Sample.Open(store: new ReadOnlyStore(storage.Store));

        var runs = 0;
        var result = await reading.TransactionAsync(
            async tx =>
            {
                var books = tx.Repository(Sample.IndexedBooks);
                var a = await books.GetAsync("a", Token);
                if (++runs == 1)
                {
                    // What was read must be of one moment: here it is not, and the body runs again.
                    await Books.UpsertAsync("a", new Book("A", "x", 2), cancellationToken: Token);
                    await Books.UpsertAsync("b", new Book("B", "x", 2), cancellationToken: Token);
                }

                var b = await books.GetAsync("b", Token);
                Assert.Null(await books.GetAsync("missing", Token));
                Assert.Equal(2, await books.Query().CountAsync(Token));
                Assert.True(runs == 1 || (a!.Value.Score, b!.Value.Score) == (2, 2));
            },
            cancellationToken: Token);

        Assert.Equal((2, 2, Revision.None), (runs, result.Attempts, result.Revision));
    }

    [Fact]
    public async Task A_body_that_throws_writes_nothing()
    {
        await Assert.ThrowsAsync<TimeoutException>(async () => await storage.TransactionAsync(
            async tx =>
            {
                await tx.Repository(Sample.Books).CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
                throw new TimeoutException();
            },
            cancellationToken: Token));

        Assert.Null(await Books.GetAsync("a", Token));
    }

    [Fact]
    public async Task A_read_changed_by_others_makes_the_body_run_again()
    {
        await Books.CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);

        var result = await storage.TransactionAsync(
            async tx =>
            {
                var books = tx.Repository(Sample.Books);
                var read = await books.GetAsync("a", Token);
                if (read!.Value.Score == 1)
                {
                    await Books.UpsertAsync("a", new Book("A", "x", 10), cancellationToken: Token);
                }

                await books.UpsertAsync("b", new Book("B", "x", read.Value.Score), cancellationToken: Token);
            },
            cancellationToken: Token);

        Assert.Equal(2, result.Attempts);
        Assert.Equal(10, (await Books.GetAsync("b", Token))!.Value.Score);
    }

    [Fact]
    public async Task A_missing_document_that_was_read_must_still_be_missing()
    {
        var result = await storage.TransactionAsync(
            async tx =>
            {
                var books = tx.Repository(Sample.Books);
                var isMissing = await books.GetAsync("a", Token) is null;
                if (isMissing)
                {
                    await Books.UpsertAsync("a", new Book("A", "x", 1), cancellationToken: Token);
                }

                await books.UpsertAsync(
                    "b", new Book(isMissing ? "missing" : "there", "x", 1), cancellationToken: Token);
            },
            cancellationToken: Token);

        Assert.Equal((2, "there"), (result.Attempts, (await Books.GetAsync("b", Token))!.Value.Title));
    }

    [Fact]
    public async Task A_transaction_gives_up_in_the_end_and_says_what_kept_changing()
    {
        await Books.CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
        await using var others = Sample.Open(store: storage.Store);
        var theirs = others.Repository(Sample.Books);

        var error = await Assert.ThrowsAsync<TransactionConflictException>(async () => await storage.TransactionAsync(
            async tx =>
            {
                await tx.Repository(Sample.Books).GetAsync("a", Token);
                await theirs.PatchAsync("a", book => book with { Score = book.Score + 1 }, cancellationToken: Token);
                await tx.Repository(Sample.Books).UpsertAsync("b", new Book("B", "x", 1), cancellationToken: Token);
            },
            cancellationToken: Token));

        Assert.Equal((10, "books/a", true), (error.Attempts, error.Key.ToString(), error.IsTransient));
        Assert.Null(await Books.GetAsync("b", Token));
    }

    [Fact]
    public async Task A_body_that_writes_past_its_transaction_what_it_meets_in_it_is_told_so_at_its_second_run()
    {
        await Books.CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);

        var error = await Assert.ThrowsAsync<TransactionConflictException>(async () => await storage.TransactionAsync(
            async tx =>
            {
                await tx.Repository(Sample.Books)
                    .PatchAsync("a", book => book with { Author = "y" }, cancellationToken: Token);
                await Books.PatchAsync("a", book => book with { Score = book.Score + 1 }, cancellationToken: Token);
            },
            cancellationToken: Token));

        Assert.Equal((2, "books/a", false), (error.Attempts, error.Key.ToString(), error.IsTransient));
        Assert.Equal(
            "The transaction conflicts with itself, in 2 attempts: its body wrote 'books/a' at once, through a " +
            "repository of the storage, and met it in the transaction too. What was written at once stays. In the " +
            "body take repositories, queues and blobs from the transaction: tx.Repository(…), not " +
            "storage.Repository(…).",
            error.Message);
        Assert.Equal(new Book("A", "x", 3), (await Books.GetAsync("a", Token))!.Value);
    }

    [Fact]
    public async Task What_a_body_writes_past_its_transaction_is_its_own_affair_where_the_two_do_not_meet()
    {
        var result = await storage.TransactionAsync(
            async tx =>
            {
                await Books.UpsertAsync("log", new Book("L", "x", 1), cancellationToken: Token);
                await tx.Repository(Sample.Books).UpsertAsync("a", new Book("A", "x", 1), cancellationToken: Token);
            },
            cancellationToken: Token);

        Assert.Equal(1, result.Attempts);
        Assert.NotNull(await Books.GetAsync("log", Token));
    }

    [Fact]
    public async Task Contending_transfers_keep_the_sum()
    {
        await Books.CreateAsync("a", new Book("A", "x", 100), cancellationToken: Token);
        await Books.CreateAsync("b", new Book("B", "x", 100), cancellationToken: Token);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
            async () =>
            {
                for (var round = 0; round < 10; round++)
                {
                    await storage.TransactionAsync(
                        async tx =>
                        {
                            var books = tx.Repository(Sample.Books);
                            var (from, to) = i % 2 == 0 ? ("a", "b") : ("b", "a");
                            await books.PatchAsync(from, b => b with { Score = b.Score - 1 }, cancellationToken: Token);
                            await books.PatchAsync(to, b => b with { Score = b.Score + 1 }, cancellationToken: Token);
                        },
                        cancellationToken: Token);
                }
            },
            Token)));

        var both = await Books.GetManyAsync(["a", "b"], Token);
        Assert.Equal((100, 100), (both[0]!.Value.Score, both[1]!.Value.Score));
    }

    [Fact]
    public async Task Transactions_that_name_the_same_guard_run_one_after_the_other()
    {
        var runs = 0;

        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(
            async () => await storage.TransactionAsync(
                async tx =>
                {
                    Interlocked.Increment(ref runs);
                    await tx.GuardAsync("shelf", Token);
                    var count = (await Books.GetManyAsync(["0", "1", "2", "3", "4", "5"], Token))
                        .Count(b => b is not null);
                    if (count < 3)
                    {
                        await tx.Repository(Sample.Books)
                            .CreateAsync($"{i}", new Book("A", "x", count), cancellationToken: Token);
                    }
                },
                cancellationToken: Token),
            Token)));

        var stored = (await Books.GetManyAsync(["0", "1", "2", "3", "4", "5"], Token)).Where(b => b is not null)
            .ToList();
        Assert.Equal([0, 1, 2], stored.Select(b => b!.Value.Score).Order());
        Assert.True(runs >= 6);
    }

    [Fact]
    public async Task A_guard_after_a_read_is_misuse() =>
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await storage.TransactionAsync(
            async tx =>
            {
                await tx.Repository(Sample.Books).GetAsync("a", Token);
                await tx.GuardAsync("shelf", Token);
            },
            cancellationToken: Token));

    [Fact]
    public async Task A_call_repeated_with_its_key_runs_nothing_and_tells_the_first_revision()
    {
        var options = new TransactionOptions { IdempotencyKey = "order-1" };
        var runs = 0;

        async ValueTask Body(ITransaction tx)
        {
            runs++;
            await tx.Counter("orders").AddAsync(1, Token);
        }

        var first = await storage.TransactionAsync(Body, options, Token);
        var second = await storage.TransactionAsync(Body, options, Token);

        Assert.Equal((1, false, true), (runs, first.IsReplay, second.IsReplay));
        Assert.Equal(first.Revision, second.Revision);
        Assert.Equal(1, await storage.Counter("orders").GetAsync(Token));
    }

    [Fact]
    public async Task What_a_transaction_gave_out_is_of_no_use_after_its_end()
    {
        IRepository<Book>? kept = null;

        await storage.TransactionAsync(
            tx =>
            {
                kept = tx.Repository(Sample.Books);
                return default;
            },
            cancellationToken: Token);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await kept!.GetAsync("a", Token));
    }

    [Fact]
    public async Task A_transaction_inside_another_is_misuse() =>
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await storage.TransactionAsync(
            async _ => await storage.TransactionAsync(_ => default, cancellationToken: Token),
            cancellationToken: Token));

    [Fact]
    public async Task A_document_created_and_deleted_in_one_transaction_never_was()
    {
        await storage.TransactionAsync(
            async tx =>
            {
                var books = tx.Repository(Sample.Books);
                await books.CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
                Assert.True(await books.DeleteAsync("a", cancellationToken: Token));
                Assert.Null(await books.GetAsync("a", Token));
            },
            cancellationToken: Token);

        Assert.Null(await Books.GetAsync("a", Token));
        var feed = await storage.Store.ChangesAsync(new ChangesRequest { Collections = ["books"] }, Token);
        Assert.Empty(feed.Changes);
    }

    /// <summary>A store of somebody else, open for reading.</summary>
    private sealed class ReadOnlyStore(IStore inner) : DelegatingStore(inner)
    {
        public override StoreInfo Info => base.Info with { Capabilities = StoreCapabilities.ReadOnly };

        public override ValueTask<CommitResult> CommitAsync(
            Commit commit, CancellationToken cancellationToken = default)
        {
            _ = CommitGuard.Check(commit, Info);
            return base.CommitAsync(commit, cancellationToken);
        }

        [SuppressMessage("Usage", "CA2215", Justification = "The store below belongs to the test.")]
        public override ValueTask DisposeAsync() => default;
    }
}
