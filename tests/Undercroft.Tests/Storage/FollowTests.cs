using Undercroft.Testing;

namespace Undercroft.Tests.Storage;

/// <summary>A follower that waits is given places to keep while nothing of what it wants is written.</summary>
public sealed class FollowTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Places_come_at_once_from_the_end_and_then_in_each_interval_in_which_the_feed_moves()
    {
        var clock = new ManualClock();
        await using var storage = Sample.Open(clock);
        await WriteAsync(storage, "before");
        var books = storage.Repository(Sample.Books);
        var options = new FollowOptions { ProgressInterval = Interval };
        await using var pages = books.FollowAsync(FeedCursor.End, options, Token).GetAsyncEnumerator(Token);

        Assert.True(await pages.MoveNextAsync());
        var first = pages.Current;
        var next = pages.MoveNextAsync().AsTask();
        await WriteAsync(storage, "other");
        await WriteAsync(storage, "another");
        Assert.False(next.IsCompleted);
        await AdvanceUntilAsync(clock, next);
        var second = pages.Current;
        next = pages.MoveNextAsync().AsTask();
        clock.Advance(Interval);
        Assert.False(next.IsCompleted);
        _ = await books.UpsertAsync("a", new Book("A", "a", 1), cancellationToken: Token);
        Assert.True(await next);

        Assert.Empty(first.Changes);
        Assert.Empty(second.Changes);
        Assert.NotEqual(first.Next, second.Next);
        Assert.Equal("a", Assert.Single(pages.Current.Changes).Id);
        var after = new FollowOptions { Waits = false };
        _ = Assert.Single(await books.FollowAsync(second.Next, after, Token).ToListAsync(Token));
        Assert.Empty(await books.FollowAsync(pages.Current.Next, after, Token).ToListAsync(Token));
    }

    [Fact]
    public async Task Without_an_interval_only_changes_come()
    {
        await using var storage = Sample.Open();
        await WriteAsync(storage, "other");
        var options = new FollowOptions { Waits = false, Collections = ["books"] };

        Assert.Empty(await storage.FollowAsync(FeedCursor.End, options, Token).ToListAsync(Token));
        Assert.Empty(await storage.FollowAsync(default, options, Token).ToListAsync(Token));
        options = options with { ProgressInterval = Interval };
        var page = Assert.Single(await storage.FollowAsync(default, options, Token).ToListAsync(Token));
        Assert.Empty(page.Changes);
        Assert.Empty(await storage.FollowAsync(page.Next, options, Token).ToListAsync(Token));
    }

    [Fact]
    public async Task A_follower_that_waits_for_progress_can_be_cancelled()
    {
        await using var storage = Sample.Open(new ManualClock());
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var options = new FollowOptions { ProgressInterval = Interval, Collections = ["books"] };
        await using var pages = storage.FollowAsync(default, options, cancelled.Token).GetAsyncEnumerator(Token);
        var next = pages.MoveNextAsync().AsTask();
        await WriteAsync(storage, "other");

        await cancelled.CancelAsync();

        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(50)]
    public async Task An_interval_that_makes_no_sense_is_refused(int days)
    {
        await using var storage = Sample.Open();
        var options = new FollowOptions { ProgressInterval = TimeSpan.FromDays(days) };

        var error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await storage.FollowAsync(default, options, Token).ToListAsync(Token));

        Assert.Equal("ProgressInterval", error.ParamName);
    }

    [Fact]
    public async Task A_follower_of_documents_brings_its_own_collection_whole()
    {
        await using var storage = Sample.Open();
        var books = storage.Repository(Sample.Books);

        foreach (var options in new[]
        {
            new FollowOptions { Collections = ["others"] }, new FollowOptions { Detail = RecordDetail.Keys },
        })
        {
            var error = await Assert.ThrowsAsync<ArgumentException>(
                async () => await books.FollowAsync(default, options, Token).ToListAsync(Token));
            Assert.StartsWith(
                "The follower of 'books' is told which collections", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_page_of_documents_holds_a_whole_commit()
    {
        await using var storage = Sample.Open();
        var books = storage.Repository(Sample.Books);
        _ = await books.UpsertManyAsync(
            [new("a", new Book("A", "a", 1)), new("b", new Book("B", "b", 2))], cancellationToken: Token);
        _ = await books.DeleteAsync("a", cancellationToken: Token);
        var options = new FollowOptions { Waits = false, PageSize = 1 };

        var pages = await books.FollowAsync(default, options, Token).ToListAsync(Token);

        Assert.Equal(["b", "a"], pages.SelectMany(static page => page.Changes).Select(static one => one.Id));
        Assert.All(pages, static page => Assert.Equal(page.Next, page.Changes[^1].Cursor));
    }

    private static async Task WriteAsync(Undercroft.Storage storage, string id) =>
        Assert.True((await storage.Store.CommitAsync(
            new Commit(new PutOperation(new RecordKey("others", id), "{}"u8.ToArray())), Token)).IsCommitted);

    // Whether the walk has looked at the clock before it moves or waits for it already, it comes.
    private static async Task AdvanceUntilAsync(ManualClock clock, Task<bool> next)
    {
        for (var round = 0; !next.IsCompleted && round < 20_000; round++)
        {
            clock.Advance(Interval);
            _ = await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Token));
        }

        Assert.True(next.IsCompleted);
        Assert.True(await next);
    }
}
