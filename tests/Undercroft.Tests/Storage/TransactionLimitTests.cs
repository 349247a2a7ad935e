namespace Undercroft.Tests.Storage;

/// <summary>A store that takes ten operations in a commit and eight keys in a read.</summary>
public sealed class TransactionLimitTests : IAsyncLifetime
{
    private const int OperationsMax = 10;
    private const int KeysMax = 8;

    private readonly Undercroft.Storage storage = Sample.Open(store: new MemoryStore(new MemoryStoreOptions
    {
        Limits = new StoreLimits { OperationsMax = OperationsMax, KeysPerReadMax = KeysMax },
    }));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IRepository<Book> Books => storage.Repository(Sample.Books);

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => storage.DisposeAsync();

    [Fact]
    public async Task A_transaction_that_writes_is_refused_at_the_read_that_its_commit_cannot_check()
    {
        await FillAsync(20);
        var read = 0;

        var error = await Assert.ThrowsAsync<LimitExceededException>(async () => await storage.TransactionAsync(
            async tx =>
            {
                var books = tx.Repository(Sample.Books);
                await books.UpsertAsync("00", Some(1), cancellationToken: Token);
                for (read = 1; read < 20; read++)
                {
                    await books.GetAsync($"{read:00}", Token);
                }
            },
            cancellationToken: Token));

        Assert.Equal(
            "The store refuses 'books/09' in a transaction that writes, whose commit checks or writes each record it " +
            "has met: OperationsMax is 10, found 11. Make it smaller or split it.",
            error.Message);
        Assert.Equal(9, read);
    }

    [Fact]
    public async Task One_that_has_read_more_than_its_commit_can_check_is_refused_at_its_first_write()
    {
        await FillAsync(20);
        var hasWritten = false;

        var error = await Assert.ThrowsAsync<LimitExceededException>(async () => await storage.TransactionAsync(
            async tx =>
            {
                var page = await tx.Repository(Sample.Books).Query().Take(50).ToPageAsync(Token);
                Assert.Equal(20, page.Items.Count);
                await tx.Repository(Sample.Books).UpsertAsync("00", Some(1), cancellationToken: Token);
                hasWritten = true;
            },
            cancellationToken: Token));

        Assert.Equal((nameof(StoreLimits.OperationsMax), 10, 21, false), Told(error, hasWritten));
    }

    [Theory]
    [InlineData(9, null, true)]
    [InlineData(8, "key", true)]
    [InlineData(9, "key", false)]
    public async Task What_fits_exactly_is_committed(int documents, string? key, bool fits)
    {
        await FillAsync(documents);

        ValueTask<TransactionResult> RunAsync() => storage.TransactionAsync(
            async tx =>
            {
                var books = tx.Repository(Sample.Books);
                Assert.Equal(documents, (await books.Query().Take(50).ToPageAsync(Token)).Items.Count);
                await books.UpsertAsync("00", Some(1), cancellationToken: Token);
            },
            new TransactionOptions { IdempotencyKey = key },
            Token);

        if (fits)
        {
            Assert.NotEqual(Revision.None, (await RunAsync()).Revision);
            Assert.Equal(1, (await Books.GetAsync("00", Token))!.Value.Score);
        }
        else
        {
            await Assert.ThrowsAsync<LimitExceededException>(async () => await RunAsync());
        }
    }

    [Fact]
    public async Task One_that_only_reads_may_read_more_than_a_read_takes_and_still_sees_one_state()
    {
        await FillAsync(30);
        await using var other = Sample.Open(store: storage.Store);
        var sums = new List<int>();

        var result = await storage.TransactionAsync(
            async tx =>
            {
                var books = tx.Repository(Sample.Books);
                Assert.Null(await books.GetAsync("none", Token));
                var page = await books.Query().Take(50).ToPageAsync(cancellationToken: Token);
                sums.Add(page.Items.Sum(static book => book.Value.Score));
                if (sums.Count == 1)
                {
                    await other.Repository(Sample.Books).UpsertAsync("29", Some(5), cancellationToken: Token);
                }
            },
            cancellationToken: Token);

        Assert.Equal((2, Revision.None), (result.Attempts, result.Revision));
        Assert.Equal([0, 5], sums);
    }

    [Fact]
    public async Task What_was_missing_is_looked_at_again_in_one_snapshot_or_refused_where_it_is_too_much()
    {
        var looked = 0;

        var error = await Assert.ThrowsAsync<LimitExceededException>(async () => await storage.TransactionAsync(
            async tx =>
            {
                for (looked = 0; looked < 20; looked++)
                {
                    Assert.Null(await tx.Repository(Sample.Books).GetAsync($"{looked:00}", Token));
                }
            },
            cancellationToken: Token));

        Assert.Equal((nameof(StoreLimits.KeysPerReadMax), 8, 9), (error.Limit, error.Allowed, error.Found));
        Assert.Equal(8, looked);
    }

    [Fact]
    public async Task What_a_writer_found_missing_is_checked_by_its_commit_and_needs_no_read()
    {
        var result = await storage.TransactionAsync(
            async tx =>
            {
                for (var i = 0; i < OperationsMax - 1; i++)
                {
                    await tx.Repository(Sample.Books).CreateAsync($"{i:00}", Some(i), cancellationToken: Token);
                }
            },
            cancellationToken: Token);

        Assert.NotEqual(Revision.None, result.Revision);
    }

    [Fact]
    public async Task A_batch_leaves_room_for_the_check_of_the_indexes_and_says_so_before_it_reads()
    {
        KeyValuePair<string, Book>[] Batch(int count) =>
            [.. Enumerable.Range(0, count).Select(static id => KeyValuePair.Create($"{id:00}", Some(0)))];

        var upserted = await Assert.ThrowsAsync<LimitExceededException>(
            async () => await Books.UpsertManyAsync(Batch(OperationsMax), cancellationToken: Token));
        var created = await Assert.ThrowsAsync<LimitExceededException>(
            async () => await Books.CreateManyAsync(Batch(OperationsMax), cancellationToken: Token));

        Assert.Equal(
            "The store refuses a batch of documents of 'books', whose commit checks the collection's indexes too: " +
            "OperationsMax is 10, found 11. Make it smaller or split it.",
            upserted.Message);
        Assert.Equal(upserted.Message, created.Message);
        Assert.Equal(OperationsMax - 1, (await Books.CreateManyAsync(Batch(9), cancellationToken: Token)).Count);
    }

    private static Book Some(int score) => new("A", "x", score);

    private static (string Limit, long Allowed, long Found, bool HasWritten) Told(
        LimitExceededException error, bool hasWritten) => (error.Limit, error.Allowed, error.Found, hasWritten);

    private async ValueTask FillAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Books.CreateAsync($"{i:00}", Some(0), cancellationToken: Token);
        }
    }
}
