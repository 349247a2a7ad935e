using System.Text.Json;

namespace Undercroft.Conformance.Documents;

/// <summary>What a storage promises of documents, transactions and followers holds on every store.</summary>
public abstract class DocumentLaws : Queries.DeclaredIndexLaws
{
    private static readonly CollectionDefinition<Note> Notes = new("notes", NoteJson.Default.Note);

    [Fact]
    public virtual async Task A_document_that_would_be_null_is_refused_by_every_way_in()
    {
        await using var storage = OpenStorage();
        var notes = storage.Repository(Notes);
        var kept = await notes.CreateAsync("a", new Note("kept"), cancellationToken: Cancel);
        var pair = KeyValuePair.Create<string, Note>("b", null!);

        await RefusedAsync(async () => await notes.CreateAsync("b", null!, cancellationToken: Cancel));
        await RefusedAsync(async () => await notes.CreateManyAsync([pair], cancellationToken: Cancel));
        await RefusedAsync(async () => await notes.UpsertAsync("b", null!, cancellationToken: Cancel));
        await RefusedAsync(async () => await notes.UpdateAsync("a", kept.Revision, null!, cancellationToken: Cancel));
        await RefusedAsync(async () => await notes.PatchAsync("a", static _ => null!, cancellationToken: Cancel));
        await RefusedAsync(async () => await storage.TransactionAsync(
            async one => await one.Repository(Notes).PatchAsync("a", static _ => null!, cancellationToken: Cancel),
            cancellationToken: Cancel));

        var found = Assert.Single((await notes.Query().ToPageAsync(Cancel)).Items);
        Assert.Equal((kept.Revision, kept.Value), (found.Revision, found.Value));

        static async Task RefusedAsync(Func<Task> write)
        {
            var error = await Assert.ThrowsAsync<ArgumentNullException>(write);
            Assert.StartsWith("A document of 'notes' would be null", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(65)]
    [InlineData(300)]
    public virtual async Task A_document_too_deep_to_be_read_is_not_written(int depth)
    {
        await using var storage = OpenStorage();
        var notes = storage.Repository(Notes);
        _ = await notes.CreateAsync("deep", new Note("a", Nested(63)), cancellationToken: Cancel);

        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await notes.UpsertAsync("deeper", new Note("b", Nested(depth)), cancellationToken: Cancel));

        Assert.Equal(StoreErrorKind.Malformed, error.Kind);
        Assert.StartsWith(
            "The Note cannot be written as a document that can be read again:",
            error.Message,
            StringComparison.Ordinal);
        var found = await notes.Query().Where(static note => note.Text != "b").ToPageAsync(Cancel);
        Assert.Equal("deep", Assert.Single(found.Items).Id);
    }

    [Fact]
    public virtual async Task A_deletion_at_no_revision_is_refused()
    {
        await using var storage = OpenStorage();
        var notes = storage.Repository(Notes);
        var kept = await notes.CreateAsync("a", new Note("kept"), cancellationToken: Cancel);

        foreach (var id in new[] { "a", "missing" })
        {
            _ = await Assert.ThrowsAsync<ArgumentException>(
                async () => await notes.DeleteAsync(id, Revision.None, Cancel));
            _ = await Assert.ThrowsAsync<ArgumentException>(
                async () => await storage.Blobs.DeleteAsync(id, Revision.None, Cancel));
            _ = await Assert.ThrowsAsync<ArgumentException>(async () => await storage.TransactionAsync(
                async one => await one.Repository(Notes).DeleteAsync(id, Revision.None, Cancel),
                cancellationToken: Cancel));
        }

        Assert.True(await notes.DeleteAsync("a", kept.Revision, Cancel));
        Assert.False(await notes.DeleteAsync("a", cancellationToken: Cancel));
    }

    [Fact]
    public virtual async Task An_expiry_stays_through_every_write_until_it_is_taken_away()
    {
        await using var storage = OpenStorage();
        var notes = storage.Repository(Notes);
        var mortal = new WriteOptions { TimeToLive = TimeSpan.FromHours(1) };
        var immortal = new WriteOptions { TimeToLive = Timeout.InfiniteTimeSpan };
        var first = await notes.CreateAsync("a", new Note("1"), mortal, Cancel);
        Clock.Advance(TimeSpan.FromMinutes(1));

        var upserted = await notes.UpsertAsync("a", new Note("2"), cancellationToken: Cancel);
        var updated = await notes.UpdateAsync(upserted, new Note("3"), cancellationToken: Cancel);
        var patched = await notes.PatchAsync(
            "a", static note => note with { Text = "4" }, cancellationToken: Cancel);
        var freed = await notes.UpsertAsync("a", new Note("5"), immortal, Cancel);
        Clock.Advance(TimeSpan.FromHours(2));

        Assert.NotNull(first.ExpiresAt);
        Assert.Equal(first.ExpiresAt, upserted.ExpiresAt);
        Assert.Equal(first.ExpiresAt, updated.ExpiresAt);
        Assert.Equal(first.ExpiresAt, patched?.ExpiresAt);
        Assert.Null(freed.ExpiresAt);
        Assert.Equal("5", (await notes.GetAsync("a", Cancel))?.Value.Text);
        _ = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await notes.UpsertAsync(
            "a", new Note("6"), new WriteOptions { TimeToLive = TimeSpan.MaxValue }, Cancel));
    }

    [Fact]
    public virtual async Task A_replayed_transaction_tells_when_it_was_committed()
    {
        await using var storage = OpenStorage();
        var options = new TransactionOptions { IdempotencyKey = "order-7" };
        var first = await AddAsync();
        Clock.Advance(TimeSpan.FromMinutes(5));

        var again = await AddAsync();

        Assert.Equal((first.Revision, first.At, true), (again.Revision, again.At, again.IsReplay));

        async Task<TransactionResult> AddAsync() => await storage.TransactionAsync(
            async one => await one.Counter("orders").AddAsync(1, Cancel), options, Cancel);
    }

    [Fact]
    public virtual async Task A_guard_that_nobody_names_is_forgotten()
    {
        await using var storage = OpenStorage();
        await GuardAsync();
        await GuardAsync();
        _ = Assert.Single(await ScanAsync(new ScanRequest { Collection = "$guards" }));

        Clock.Advance(TimeSpan.FromDays(7));
        _ = await MaintainAsync(MaintenanceKind.Expire);

        Assert.Empty(await ScanAsync(new ScanRequest { Collection = "$guards" }));
        await GuardAsync();

        async Task GuardAsync() => _ = await storage.TransactionAsync(
            async one => await one.GuardAsync("seats", Cancel), cancellationToken: Cancel);
    }

    [Fact]
    public virtual async Task A_transaction_that_knows_a_guard_for_too_long_runs_again()
    {
        await using var storage = OpenStorage();
        var runs = 0;

        var result = await storage.TransactionAsync(
            async one =>
            {
                await one.GuardAsync("seats", Cancel);
                if (++runs == 1)
                {
                    Clock.Advance(TimeSpan.FromDays(8));
                }
            },
            cancellationToken: Cancel);

        Assert.Equal((2, 2), (runs, result.Attempts));
    }

    [Fact]
    public virtual async Task A_counter_in_a_transaction_never_wraps_around()
    {
        await using var storage = OpenStorage();
        _ = await storage.Counter("c").AddAsync(long.MaxValue - 10, Cancel);

        _ = await storage.TransactionAsync(
            async one =>
            {
                var counter = one.Counter("c");
                Assert.Equal(long.MaxValue, await counter.AddAsync(10, Cancel));
                _ = await Assert.ThrowsAsync<StoreException>(async () => await counter.AddAsync(1, Cancel));
                _ = await storage.Counter("c").AddAsync(5, Cancel);
                var error = await Assert.ThrowsAsync<StoreException>(async () => await counter.GetAsync(Cancel));
                Assert.Equal(StoreErrorKind.LimitExceeded, error.Kind);
                _ = await storage.Counter("c").AddAsync(-5, Cancel);
            },
            cancellationToken: Cancel);

        Assert.Equal(long.MaxValue, await storage.Counter("c").GetAsync(Cancel));
    }

    [Fact]
    public virtual async Task What_a_body_throws_at_a_state_that_never_was_is_not_told()
    {
        await using var storage = OpenStorage();
        var notes = storage.Repository(Notes);
        await WriteBothAsync("1");
        var runs = 0;

        var result = await storage.TransactionAsync(
            async one =>
            {
                var seen = one.Repository(Notes);
                var left = await seen.GetAsync("left", Cancel);
                if (++runs == 1)
                {
                    await WriteBothAsync("2");
                }

                var right = await seen.GetAsync("right", Cancel);
                if (left!.Value.Text != right!.Value.Text)
                {
                    throw new InvalidDataException("The halves do not fit.");
                }
            },
            cancellationToken: Cancel);
        var error = await Assert.ThrowsAsync<InvalidDataException>(async () => await storage.TransactionAsync(
            async one =>
            {
                _ = await one.Repository(Notes).GetManyAsync(["left", "right"], Cancel);
                throw new InvalidDataException($"Run {++runs}");
            },
            cancellationToken: Cancel));

        Assert.Equal(2, result.Attempts);
        Assert.Equal("Run 3", error.Message);

        async Task WriteBothAsync(string text) => await notes.UpsertManyAsync(
            [new("left", new Note(text)), new("right", new Note(text))], cancellationToken: Cancel);
    }

    [Fact]
    public virtual async Task A_follower_of_a_quiet_collection_is_given_places_that_do_not_grow_old()
    {
        await using var storage = OpenStorage();
        var notes = storage.Repository(Notes);
        _ = await notes.CreateAsync("a", new Note("a"), cancellationToken: Cancel);
        var options = new FollowOptions { Waits = false };
        var old = Assert.Single(await PagesAsync(default, options)).Next;
        _ = await WriteAsync(Sample.Put("busy"));
        _ = await WriteAsync(Sample.Delete("busy"));

        Assert.Empty(await PagesAsync(old, options));
        options = options with { ProgressInterval = TimeSpan.FromMinutes(1) };
        var progress = Assert.Single(await PagesAsync(old, options));
        Assert.Empty(progress.Changes);
        Assert.Empty(await PagesAsync(progress.Next, options));
        _ = await MaintainAsync(MaintenanceKind.Compact);
        _ = await notes.CreateAsync("b", new Note("b"), cancellationToken: Cancel);

        _ = await Assert.ThrowsAsync<CursorExpiredException>(() => PagesAsync(old, options));
        var change = Assert.Single(Assert.Single(await PagesAsync(progress.Next, options)).Changes);
        Assert.Equal(("b", "b"), (change.Id, change.Document?.Value.Text));

        async Task<List<DocumentChangePage<Note>>> PagesAsync(FeedCursor after, FollowOptions follow) =>
            await notes.FollowAsync(after, follow, Cancel).ToListAsync(Cancel);
    }

    private static JsonElement Nested(int depth)
    {
        var text = new string('[', depth) + new string(']', depth);
        using var parsed = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = depth });
        return parsed.RootElement.Clone();
    }
}
