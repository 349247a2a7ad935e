namespace Undercroft.Tests.Storage;

public sealed class TransactionValueTests : IAsyncLifetime
{
    private readonly Undercroft.Storage storage = Sample.Open();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IRepository<Book> Books => storage.Repository(Sample.Books);

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => storage.DisposeAsync();

    [Fact]
    public async Task A_transaction_gives_what_its_body_gives()
    {
        var result = await storage.TransactionAsync(
            async tx =>
            {
                await tx.Repository(Sample.Books).CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
                return "done";
            },
            cancellationToken: Token);

        Assert.Equal(("done", 1, false), (result.Value, result.Attempts, result.IsReplay));
        Assert.Equal((await Books.GetAsync("a", Token))!.Revision, result.Revision);
        Assert.Contains(", Value = done", result.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_value_is_that_of_the_run_that_was_committed()
    {
        await Books.CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
        await using var others = Sample.Open(store: storage.Store);
        var runs = 0;

        var result = await storage.TransactionAsync(
            async tx =>
            {
                var found = await tx.Repository(Sample.Books).GetAsync("a", Token);
                if (++runs == 1)
                {
                    await others.Repository(Sample.Books)
                        .UpsertAsync("a", new Book("A", "x", 7), cancellationToken: Token);
                }

                await tx.Repository(Sample.Books).UpsertAsync("b", found!.Value, cancellationToken: Token);
                return (runs, found.Value.Score);
            },
            cancellationToken: Token);

        Assert.Equal((2, 7), result.Value);
        Assert.Equal(2, result.Attempts);
    }

    [Fact]
    public async Task A_replay_has_no_value_and_says_why()
    {
        var options = new TransactionOptions { IdempotencyKey = "order-1" };
        ValueTask<int> Body(ITransaction tx) => ValueTask.FromResult(42);

        var first = await storage.TransactionAsync(Body, options, Token);
        var second = await storage.TransactionAsync(Body, options, Token);

        Assert.Equal((42, false, true), (first.Value, first.IsReplay, second.IsReplay));
        Assert.Equal(first.Revision, second.Revision);
        var error = Assert.Throws<InvalidOperationException>(() => second.Value);
        Assert.Equal(
            $"The transaction was committed at {first.Revision} by an earlier call with the same key: its body did " +
            "not run, and there is no value. Look at IsReplay first, and read what the earlier call wrote.",
            error.Message);
        Assert.DoesNotContain("Value", second.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_given_up_has_no_value_and_writes_nothing()
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await storage.TransactionAsync(
            async tx =>
            {
                await tx.Repository(Sample.Books).CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
                await giveUp.CancelAsync();
                return 1;
            },
            cancellationToken: giveUp.Token));

        Assert.Null(await Books.GetAsync("a", Token));
    }

    [Fact]
    public async Task What_the_body_throws_is_the_callers()
    {
        var error = await Assert.ThrowsAsync<TimeoutException>(async () => await storage.TransactionAsync<int>(
            static _ => throw new TimeoutException("no"), cancellationToken: Token));

        Assert.Equal("no", error.Message);
    }
}
