using Undercroft.Layers;
using Undercroft.Testing;

namespace Undercroft.Tests.Storage;

/// <summary>Writers that want the same document take turns: decision 53.</summary>
public sealed class TurnTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("patch")]
    [InlineData("upsert")]
    [InlineData("delete")]
    [InlineData("transaction")]
    public async Task Whoever_comes_after_a_writer_that_has_lost_stands_behind_it(string kind)
    {
        await using var memory = new MemoryStore();
        await using var gated = new GatedStore(memory);
        var storage = Sample.Open(store: gated);
        var books = storage.Repository(Sample.Books);
        await books.CreateAsync("a", new Book("A", "x", 0), cancellationToken: Token);
        await using var others = Sample.Open(store: memory);

        // The first loses to somebody else, and is held up at its second attempt.
        var lost = 0;
        gated.Before = async commit =>
        {
            if (!commit.Operations.Any(static operation => operation.Key.Id == "a"))
            {
                return;
            }

            if (Interlocked.Increment(ref lost) == 1)
            {
                _ = await AddAsync(others);
            }
            else if (lost == 2)
            {
                gated.Arrived.SetResult();
                await gated.Go.Task.WaitAsync(Patience, Token);
            }
        };
        var first = AddAsync(storage);
        await gated.Arrived.Task.WaitAsync(Patience, Token);
        var reads = gated.Reads;
        var second = DoAsync(storage, kind);

        // It stands in line: it has not so much as read.
        Assert.False(second.IsCompleted);
        Assert.Equal(reads, gated.Reads);
        gated.Go.SetResult();
        Assert.Equal(2, (await first.WaitAsync(Patience, Token))!.Value.Score);
        await second.WaitAsync(Patience, Token);

        Assert.Equal(1, storage.Statistics.Retries);
        Assert.True(storage.Turns.IsEmpty);
    }

    [Fact]
    public async Task Whoever_has_lost_five_times_takes_a_lease_and_gives_it_back()
    {
        await using var memory = new MemoryStore();
        await using var gated = new GatedStore(memory);
        var storage = Sample.Open(store: gated);
        await storage.Repository(Sample.Books).CreateAsync("a", new Book("A", "x", 0), cancellationToken: Token);
        await using var others = Sample.Open(store: memory);
        var lease = LeaseKeys.Turn(new RecordKey("books", "a"));
        var isLeased = new List<bool>();
        gated.Before = async commit =>
        {
            if (commit.Operations.Any(static operation => operation.Key.Id == "a"))
            {
                isLeased.Add((await memory.ReadAsync(lease, cancellationToken: Token))[0] is not null);
                if (isLeased.Count < 8)
                {
                    await AddAsync(others);
                }
            }
        };

        var written = await AddAsync(storage);

        Assert.Equal(8, written!.Value.Score);
        Assert.Equal([false, false, false, false, false, true, true, true], isLeased);
        Assert.Null((await memory.ReadAsync(lease, cancellationToken: Token))[0]);
    }

    [Fact]
    public async Task A_patch_from_within_a_transaction_that_has_its_turn_does_not_wait_for_it()
    {
        await using var storage = Sample.Open();
        var books = storage.Repository(Sample.Books);
        await books.CreateAsync("a", new Book("A", "x", 0), cancellationToken: Token);
        await using var others = Sample.Open(store: storage.Store);
        var runs = 0;

        var result = await storage.TransactionAsync(
            async tx =>
            {
                var inside = tx.Repository(Sample.Books);
                _ = await inside.GetAsync("a", Token);
                if (runs++ < 3)
                {
                    // The first loss gives it its turn, and twice in a row by its own hand would be a mistake.
                    await AddAsync(runs == 2 ? storage : others);
                }

                await inside.PatchAsync("a", static book => book with { Author = "y" }, cancellationToken: Token);
            },
            cancellationToken: Token).AsTask().WaitAsync(Patience, Token);

        Assert.Equal(4, result.Attempts);
        Assert.Equal(new Book("A", "y", 3), (await books.GetAsync("a", Token))!.Value);
    }

    [Fact]
    public async Task A_writer_that_stops_waiting_gives_its_place_up()
    {
        var lines = new TurnLines(TimeProvider.System);
        var key = new RecordKey("c", "a");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Assert.True(await lines.EnterAsync(key, Token));
        var stopped = lines.EnterAsync(key, stop.Token).AsTask();
        var next = lines.EnterAsync(key, Token).AsTask();

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped);
        lines.Leave(key);

        Assert.True(await next.WaitAsync(Patience, Token));
        lines.Leave(key);
        Assert.True(lines.IsEmpty);
    }

    [Fact]
    public async Task A_line_that_stands_still_is_left_and_one_that_moves_is_not()
    {
        var clock = new ManualClock();
        var lines = new TurnLines(clock);
        var key = new RecordKey("c", "a");
        Assert.True(await lines.EnterAsync(key, Token));
        var second = lines.EnterAsync(key, Token).AsTask();
        var third = lines.EnterAsync(key, Token).AsTask();

        clock.Advance(TurnLines.StillMax / 2);
        lines.Leave(key);
        Assert.True(await second.WaitAsync(Patience, Token));
        clock.Advance(TurnLines.StillMax / 2);
        Assert.False(third.IsCompleted);
        for (var rounds = 0; !third.IsCompleted && rounds < 100_000; rounds++)
        {
            clock.Advance(TurnLines.StillMax);
            await Task.Yield();
        }

        Assert.False(await third.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task Sixty_four_writers_of_one_document_lose_nothing_with_few_attempts()
    {
        // Each of the others may be on its way before there is a line, and be faster; after that it stands in line.
        await using var storage = new Undercroft.Storage(
            new MemoryStore(),
            new StorageOptions { WriteAttemptsMax = 64, SweepInterval = Timeout.InfiniteTimeSpan });
        await storage.Repository(Sample.Books).CreateAsync("a", new Book("A", "x", 0), cancellationToken: Token);

        await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(
            async () =>
            {
                for (var i = 0; i < 20; i++)
                {
                    await AddAsync(storage);
                }
            },
            Token)));

        Assert.Equal(64 * 20, (await storage.Repository(Sample.Books).GetAsync("a", Token))!.Value.Score);
        Assert.True(storage.Turns.IsEmpty);
    }

    private static async Task<Document<Book>?> AddAsync(Undercroft.Storage storage) =>
        await storage.Repository(Sample.Books).PatchAsync(
            "a", static book => book with { Score = book.Score + 1 }, cancellationToken: Token);

    private static async Task DoAsync(Undercroft.Storage storage, string kind)
    {
        var books = storage.Repository(Sample.Books);
        switch (kind)
        {
            case "patch":
                _ = await AddAsync(storage);
                break;
            case "upsert":
                await books.UpsertAsync("a", new Book("B", "x", 0), null, Token);
                break;
            case "delete":
                Assert.Equal(1, await books.DeleteManyAsync(["a"], Token));
                break;
            default:
                _ = await storage.TransactionAsync(
                    async tx =>
                    {
                        await tx.Repository(Sample.Books).PatchAsync(
                            "a", static book => book with { Score = -1 }, cancellationToken: Token);
                    },
                    cancellationToken: Token);
                break;
        }
    }

    private sealed class GatedStore(IStore inner) : DelegatingStore(inner)
    {
        private int reads;

        public Func<Commit, Task>? Before { get; set; }

        public TaskCompletionSource Arrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Reads => Volatile.Read(ref reads);

        public override ValueTask<ReadResult> ReadAsync(
            KeyList keys, ReadOptions options = default, CancellationToken cancellationToken = default)
        {
            _ = Interlocked.Increment(ref reads);
            return Inner.ReadAsync(keys, options, cancellationToken);
        }

        public override async ValueTask<CommitResult> CommitAsync(
            Commit commit, CancellationToken cancellationToken = default)
        {
            if (Before is { } before)
            {
                await before(commit);
            }

            return await Inner.CommitAsync(commit, cancellationToken);
        }
    }
}
