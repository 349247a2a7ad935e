using Undercroft.Testing;

namespace Undercroft.Tests.Storage;

public sealed class StorageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Memory_opens_by_uri_without_any_registration()
    {
        await using var storage = await Undercroft.Storage.OpenAsync("memory:", cancellationToken: Token);

        Assert.Equal("memory", storage.Info.Backend);
    }

    [Theory]
    [InlineData("oracle:x", "No backend is registered for 'oracle:'; registered are 'memory:'.")]
    [InlineData("nothing", "'nothing' is not a store: expected a scheme and a place")]
    [InlineData("memory:x", "A store in memory has no place; found 'x'.")]
    [InlineData("memory:?a=1", "The store 'memory:' has no setting 'a'. It has none at all.")]
    [InlineData("memory:?a", "The setting 'a' of the store needs one value")]
    public async Task A_wrong_uri_is_one_clear_sentence(string uri, string beginning)
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(
            async () => await Undercroft.Storage.OpenAsync(uri, cancellationToken: Token));

        Assert.StartsWith(beginning, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("5s", 5_000)]
    [InlineData("2m", 120_000)]
    public void A_setting_of_time_has_a_unit(string text, int milliseconds) =>
        Assert.Equal(
            TimeSpan.FromMilliseconds(milliseconds), StoreUri.Parse($"x:y?wait={text}").Duration("WAIT"));

    [Theory]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("5sm")]
    public void A_setting_of_time_without_one_says_what_is_expected(string text)
    {
        var error = Assert.Throws<ArgumentException>(() => StoreUri.Parse($"x:y?wait={text}").Duration("wait"));

        Assert.Equal(
            $"The setting 'wait' of the store is '{text}'; expected a number and a unit, such as '500ms', '5s' or " +
            "'1m'.",
            error.Message);
    }

    [Theory]
    [InlineData("x://u:hidden@h/d?a=1", "x:u:***@h/d")]
    [InlineData("x:Host=h;Password=hidden;Database=d", "x:Host=h;Password=***")]
    [InlineData("x:h:6379,password = hidden", "x:h:6379,password =***")]
    [InlineData("x:Host=h;Pwd=hidden", "x:Host=h;Pwd=***")]
    [InlineData("x://u:hid?a=den@h/d", "x:u:***")]
    [InlineData("x:C:\\a?b=c@d", "x:C:\\a")]
    [InlineData("x:a=b/password.db", "x:a=b/password.db")]
    public void A_store_is_named_without_its_password_in_whatever_form_it_was_written(string uri, string shown) =>
        Assert.Equal(shown, StoreUri.Parse(uri).ToString());

    [Theory]
    [InlineData("Host=h;Password=hidden;Database=d", "Host=h;Password=***")]
    [InlineData("h:6379,password=hidden", "h:6379,password=***")]
    [InlineData("//u:hidden@h/d", "//***@h/d")]
    public void What_is_no_store_is_shown_without_its_password(string text, string shown) =>
        Assert.Equal(shown, StoreUri.WithoutPassword(text));

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("2147483648")]
    public void A_setting_that_is_no_whole_number_says_what_is_expected(string text)
    {
        Assert.Equal(8, StoreUri.Parse("x:y?lanes=8").Number("LANES"));
        Assert.Null(StoreUri.Parse("x:y").Number("lanes"));
        var error = Assert.Throws<ArgumentException>(() => StoreUri.Parse($"x:y?lanes={text}").Number("lanes"));

        Assert.Equal(
            $"The setting 'lanes' of the store is '{text}'; expected a whole number up to 2,147,483,647, such as '8'.",
            error.Message);
    }

    [Fact]
    public void Settings_that_are_words_are_read_or_refused()
    {
        var uri = StoreUri.Parse("x:y?mode=RO&durability=0");

        Assert.True(uri.IsReadOnly());
        Assert.False(StoreUri.Parse("x:y").IsReadOnly());
        Assert.Null(StoreUri.Parse("x:y").DefaultDurability());
        var error = Assert.Throws<ArgumentException>(() => uri.DefaultDurability());
        Assert.Equal(
            "The setting 'durability' of the store is '0'; expected 'memory', 'os' or 'disk'.", error.Message);
    }

    [Fact]
    public async Task A_callers_own_scheme_is_as_good_as_ours()
    {
        var schemes = new StoreSchemes().Add(
            "mine", static (uri, clock, _) => new(
                new MemoryStore(new MemoryStoreOptions { ReplayLanesMax = uri.Path.Length }, clock)));

        await using var storage = await Undercroft.Storage.OpenAsync(
            "mine:here?a=1", schemes, cancellationToken: Token);

        Assert.Equal(["memory", "mine"], schemes.Known);
        Assert.Equal("memory", storage.Info.Backend);
    }

    [Fact]
    public async Task Expired_documents_are_swept_when_their_time_has_come()
    {
        var clock = new ManualClock(DateTimeOffset.UnixEpoch);
        await using var storage = new Undercroft.Storage(
            new MemoryStore(clock: clock), new StorageOptions { Clock = clock });
        var books = storage.Repository(Sample.Books);
        await books.CreateAsync(
            "a", new Book("A", "x", 1), new WriteOptions { TimeToLive = TimeSpan.FromSeconds(30) }, Token);
        var after = (await storage.Store.ChangesAsync(new ChangesRequest { After = FeedCursor.End }, Token)).Next;

        var swept = storage.Store.WaitAsync(after, Token);
        clock.Advance(TimeSpan.FromMinutes(1));
        await swept;

        var page = await storage.Store.ChangesAsync(new ChangesRequest { After = after }, Token);
        Assert.Equal(("a", true), (page.Changes.Single().Key.Id, page.Changes.Single().IsDeleted));
    }

    [Fact]
    public async Task A_storage_may_be_disposed_twice_and_refuses_work_after_the_first_time()
    {
        var storage = Sample.Open();

        await storage.DisposeAsync();
        await storage.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await storage.Repository(Sample.Books).GetAsync("a", Token));
    }

    [Fact]
    public async Task Handlers_hear_of_commits_until_they_are_removed_and_failing_ones_stop_nothing()
    {
        await using var storage = Sample.Open();
        var heard = new List<Revision>();
        var failures = new List<string>();
        using var failing = storage.Events.OnCommitted(_ => throw new TimeoutException("no"));
        using var watching = storage.Events.OnFailed(failed => failures.Add(failed.Error.Message));
        var subscription = storage.Events.OnCommitted(committed => heard.Add(committed.Result.Revision));

        var first = await storage.Repository(Sample.Books)
            .CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
        subscription.Dispose();
        await storage.Repository(Sample.Books).CreateAsync("b", new Book("B", "x", 1), cancellationToken: Token);

        Assert.Equal([first.Revision], heard);
        Assert.Equal(["no", "no"], failures);
    }

    [Fact]
    public async Task Removing_a_handler_twice_removes_it_once()
    {
        await using var storage = Sample.Open();
        var heard = 0;
        void Hear(CommittedEvent committed) => heard++;
        var first = storage.Events.OnCommitted(Hear);
        using var second = storage.Events.OnCommitted(Hear);

        first.Dispose();
        first.Dispose();
        await storage.Repository(Sample.Books).CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);

        Assert.Equal(1, heard);
    }

    [Fact]
    public async Task Statistics_count_what_was_done()
    {
        await using var storage = Sample.Open();
        var books = storage.Repository(Sample.Books);

        await books.CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
        await books.GetAsync("a", Token);
        await books.GetAsync("b", Token);
        await Assert.ThrowsAsync<RevisionConflictException>(
            async () => await books.CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token));
        await books.DeleteAsync("a", cancellationToken: Token);

        var statistics = storage.Statistics;
        var (reads, writes) =
            (statistics.Operations[StorageOperation.Read], statistics.Operations[StorageOperation.Write]);
        Assert.Equal((2, 0, 1), (reads.Count, reads.Failures, reads.Documents));
        Assert.Equal((1, 1, 1), (writes.Count, writes.Failures, writes.Documents));
        Assert.Equal((2, 1), (statistics.Commits, statistics.Conflicts));
        Assert.True(reads.Median <= reads.NinetyNinth);
    }

    [Fact]
    public async Task Counters_added_to_by_many_are_exact()
    {
        await using var storage = Sample.Open();
        var counter = storage.Counter("visits");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                for (var i = 0; i < 250; i++)
                {
                    await counter.AddAsync(1, Token);
                }
            },
            Token)));

        Assert.Equal(1000, await counter.GetAsync(Token));
        var error = await Assert.ThrowsAsync<StoreException>(async () => await counter.AddAsync(long.MaxValue, Token));
        Assert.Equal(StoreErrorKind.LimitExceeded, error.Kind);
        Assert.Equal(1000, await counter.GetAsync(Token));
    }
}
