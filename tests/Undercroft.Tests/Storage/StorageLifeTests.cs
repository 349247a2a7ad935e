using Undercroft.Backends;
using Undercroft.Layers;
using Undercroft.Testing;

namespace Undercroft.Tests.Storage;

/// <summary>A storage takes its settings once, leaves nothing open where it cannot be made, and ends once.</summary>
public sealed class StorageLifeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Settings_that_make_no_sense_are_refused_before_anything_is_opened()
    {
        var opened = 0;
        var schemes = new StoreSchemes().Add("held", (_, _, _) =>
        {
            opened++;
            return new(new HeldStore());
        });

        var rarely = new StorageOptions { SweepInterval = TimeSpan.FromDays(60) };
        var error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await Undercroft.Storage.OpenAsync("held:x", schemes, rarely, Token));

        Assert.Equal(0, opened);
        Assert.StartsWith(
            "SweepInterval must be at most 49 days, or Timeout.InfiniteTimeSpan for never; found 60.00:00:00.",
            error.Message,
            StringComparison.Ordinal);
        await using var longest = await Undercroft.Storage.OpenAsync(
            "memory:", options: new StorageOptions { SweepInterval = TimeSpan.FromDays(49) }, cancellationToken: Token);
    }

    [Fact]
    public async Task A_store_that_no_storage_can_be_put_on_is_closed_again()
    {
        var store = new HeldStore();
        store.End.SetResult();
        var schemes = new StoreSchemes().Add("held", (_, _, _) => new(store));

        var error = await Assert.ThrowsAsync<CapabilityException>(async () => await Undercroft.Storage.OpenAsync(
            "held:x", schemes, new StorageOptions { Durability = Durability.Disk }, Token));

        Assert.True(store.IsEnding);
        Assert.Equal("durability 'Disk'", error.Capability);
    }

    [Fact]
    public async Task An_origin_no_commit_could_carry_is_refused_at_once()
    {
        await using var store = new MemoryStore();

        _ = Assert.Throws<LimitExceededException>(
            () => new Undercroft.Storage(store, new StorageOptions { Origin = new string('o', 129) }));
        _ = Assert.ThrowsAny<ArgumentException>(
            () => new Undercroft.Storage(store, new StorageOptions { Origin = "\uD800" }));
    }

    [Fact]
    public async Task What_is_set_after_the_storage_was_made_does_not_reach_it()
    {
        var options = new StorageOptions { SlowQueryThreshold = Timeout.InfiniteTimeSpan, Origin = "first" };
        await using var storage = new Undercroft.Storage(new MemoryStore(), options);
        var slow = 0;
        using var heard = storage.Events.OnSlowQuery(_ => slow++);
        using var commits = storage.Events.OnCommitted(one => Assert.Equal("first", one.Commit.Origin));

        options.SlowQueryThreshold = TimeSpan.Zero;
        options.Origin = "second";
        options.Blobs.LengthMax = 1;
        options.Blobs = new() { LengthMax = 1 };
        _ = await storage.Repository(Sample.Books).UpsertAsync("a", new Book("A", "a", 1), cancellationToken: Token);
        _ = await storage.Repository(Sample.Books).Query().ToPageAsync(Token);
        _ = await storage.Blobs.PutAsync("b", new MemoryStream([1, 2, 3]), cancellationToken: Token);

        Assert.Equal(0, slow);
    }

    [Fact]
    public async Task Whoever_disposes_it_too_waits_for_the_same_end()
    {
        var store = new HeldStore();
        var storage = Sample.Open(store: store);

        var first = storage.DisposeAsync().AsTask();
        var second = storage.DisposeAsync().AsTask();
        Assert.True(store.IsEnding);
        Assert.False(second.IsCompleted);
        store.End.SetResult();

        await first;
        await second;
        await storage.DisposeAsync();
    }

    [Fact]
    public async Task An_end_that_fails_is_told_once_and_keeps_nobody_waiting()
    {
        var end = new SingleEnd();

        _ = await Assert.ThrowsAsync<InvalidDataException>(
            async () => await end.RunAsync(static () => throw new InvalidDataException()));
        await end.RunAsync(static () => throw new InvalidOperationException());

        Assert.True(end.HasBegun);
    }

    [Fact]
    public async Task A_body_cannot_begin_another_transaction_but_who_hears_of_its_commit_can()
    {
        await using var storage = Sample.Open();
        Task? audit = null;
        var hasHeard = false;
        using var heard = storage.Events.OnCommitted(one =>
        {
            // The audit is a commit too, and in memory it is done before it returns.
            if (!hasHeard)
            {
                hasHeard = true;
                audit = AuditAsync();
            }
        });

        _ = await storage.TransactionAsync(
            async one =>
            {
                _ = await Assert.ThrowsAsync<InvalidOperationException>(AuditAsync);
                _ = await one.Counter("c").AddAsync(1, Token);
            },
            cancellationToken: Token);

        Assert.NotNull(audit);
        await audit;
        Assert.Equal(1, await storage.Counter("audit").GetAsync(Token));

        async Task AuditAsync() => await storage.TransactionAsync(
            async other => await other.Counter("audit").AddAsync(1, Token), cancellationToken: Token);
    }

    [Fact]
    public async Task What_a_body_has_started_can_begin_a_transaction_after_it_and_no_longer_write_in_it()
    {
        await using var storage = Sample.Open();
        var isOver = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task? left = null;
        ITransaction? outer = null;
        using var heard = storage.Events.OnCommitted(_ => isOver.TrySetResult());

        _ = await storage.TransactionAsync(
            async one =>
            {
                outer = one;
                left = AfterwardsAsync();
                _ = await one.Counter("c").AddAsync(1, Token);
            },
            cancellationToken: Token);

        await left!;
        Assert.Equal(1, await storage.Counter("left").GetAsync(Token));

        async Task AfterwardsAsync()
        {
            await isOver.Task;
            _ = await storage.TransactionAsync(
                async other => await other.Counter("left").AddAsync(1, Token), cancellationToken: Token);
            _ = await Assert.ThrowsAsync<InvalidOperationException>(
                async () => await outer!.Counter("c").AddAsync(1, Token));
        }
    }

    [Fact]
    public async Task While_a_transaction_commits_its_body_is_over()
    {
        var store = new MeddlingStore(new MemoryStore());
        await using var storage = Sample.Open(store: store);
        IRepository<Book>? books = null;
        var refused = 0;
        store.BeforeCommit = commit =>
        {
            try
            {
                // Nothing is waited for: it is refused before it reads.
                books!.UpsertAsync("late", new Book("Late", "x", 1)).AsTask().GetAwaiter().GetResult();
            }
            catch (InvalidOperationException)
            {
                refused++;
            }
        };

        _ = await storage.TransactionAsync(
            async one =>
            {
                books = one.Repository(Sample.Books);
                _ = await one.Counter("c").AddAsync(1, Token);
            },
            cancellationToken: Token);

        Assert.Equal(1, refused);
    }

    /// <summary>A store that ends when it is told to.</summary>
    private sealed class HeldStore() : DelegatingStore(new MemoryStore())
    {
        public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsEnding { get; private set; }

        public override async ValueTask DisposeAsync()
        {
            IsEnding = true;
            await End.Task;
            await base.DisposeAsync();
        }
    }
}
