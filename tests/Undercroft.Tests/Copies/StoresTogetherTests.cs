using Undercroft.Archives;
using Undercroft.Blobs;
using Undercroft.Copies;
using Undercroft.Migrations;
using Undercroft.Testing;
using Undercroft.Tests.Blobs;
using Undercroft.Tests.Migrations;

namespace Undercroft.Tests.Copies;

/// <summary>Copies and archives of stores with blobs and migrations in them.</summary>
public sealed class StoresTogetherTests : IAsyncDisposable
{
    private readonly ManualClock clock = new();
    private readonly MemoryStore source;
    private readonly MemoryStore target;
    private readonly Undercroft.Storage here;
    private readonly Undercroft.Storage there;

    public StoresTogetherTests()
    {
        source = new MemoryStore(clock: clock);
        target = new MemoryStore(clock: clock);
        here = BlobWorld.Open(source, clock);
        there = BlobWorld.Open(target, clock);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static StoreCopyOptions Overwriting => new() { Target = CopyTarget.Overwrite };

    private static BlobCollectOptions AtOnce => new() { Grace = TimeSpan.Zero };

    public async ValueTask DisposeAsync()
    {
        await here.DisposeAsync();
        await there.DisposeAsync();
        await source.DisposeAsync();
        await target.DisposeAsync();
    }

    [Fact]
    public async Task What_was_edited_after_a_migration_survives_a_rollback_on_the_copy()
    {
        await MigrateAsync(here, 3);
        clock.Advance(TimeSpan.FromHours(1));
        await here.Repository(StoryVersions.Stories)
            .PatchAsync("s00001", story => story with { Title = "Edited" }, cancellationToken: Token);
        _ = await CopyAsync();

        var run = await Migrator(there).RollbackAsync(cancellationToken: Token);

        Assert.Equal((2, 1), (run.Rollback!.Restored, run.Rollback.Kept));
        Assert.Equal("Edited", (await there.Repository(StoryVersions.Stories).GetAsync("s00001", Token))!.Value.Title);
    }

    [Fact]
    public async Task A_restored_archive_is_rolled_back_like_the_store_it_is_of()
    {
        await MigrateAsync(here, 3);
        await here.PrepareAsync(StoryVersions.Stories.WithIndex("byTitle", "title"), Token);
        var archive = new MemoryStream();
        _ = await StoreArchive.WriteAsync(source, archive, clock: clock, cancellationToken: Token);
        _ = await StoreArchive.RestoreAsync(archive, target, clock: clock, cancellationToken: Token);

        var run = await Migrator(there).RollbackAsync(cancellationToken: Token);

        Assert.Equal((3, 0), (run.Rollback!.Restored, run.Rollback.Kept));
    }

    [Fact]
    public async Task A_migration_stopped_half_way_goes_on_in_the_copy_and_in_a_restored_archive()
    {
        await StoryVersions.WriteOldAsync(here, 12, Token);
        var dying = new Migrator(
            Sample.Open(clock, new DyingStore(source, 2)), "stories", StoryVersions.Two,
            new MigratorOptions { BatchSize = 4 });
        _ = await Assert.ThrowsAsync<IOException>(async () => await dying.RunAsync(Token));
        var archive = new MemoryStream();
        _ = await StoreArchive.WriteAsync(source, archive, clock: clock, cancellationToken: Token);
        await using var restored = Sample.Open(clock);
        _ = await CopyAsync();
        _ = await StoreArchive.RestoreAsync(archive, restored.Store, clock: clock, cancellationToken: Token);

        // The lease of the one that died is not copied: nobody has to wait for it.
        foreach (var storage in new[] { there, restored })
        {
            var run = await Migrator(storage).RunAsync(Token);
            Assert.Equal((1, 12, MigrationState.Completed), (run.Number, run.Rewritten, run.State));
        }
    }

    [Fact]
    public async Task A_copy_among_others_leaves_their_migrations_and_what_they_can_take_back()
    {
        await MigrateAsync(here, 3);
        await StoryVersions.WriteOldAsync(there, 2, Token);
        await there.Repository(StoryVersions.Raw).CreateAsync("mine", StoryVersions.Old09(7), cancellationToken: Token);
        _ = await Migrator(there).RunAsync(Token);

        _ = await CopyAsync(Overwriting);

        var run = await Migrator(there).RollbackAsync(cancellationToken: Token);
        Assert.Equal(3, run.Rewritten);
        Assert.Contains(
            "\"name\"",
            (await there.Repository(StoryVersions.Raw).GetAsync("mine", Token))!.Value.ToString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_copy_among_others_keeps_the_chunks_their_blobs_share(bool isLater)
    {
        var bytes = BlobWorld.Bytes(20_000);
        _ = await here.Blobs.PutAsync("theirs", new MemoryStream(bytes), cancellationToken: Token);
        _ = await there.Blobs.PutAsync("mine", new MemoryStream(bytes), cancellationToken: Token);
        if (isLater)
        {
            _ = await CopyAsync(Overwriting);
        }

        _ = await here.Blobs.DeleteAsync("theirs", cancellationToken: Token);
        Assert.True((await here.Blobs.CollectAsync(AtOnce, Token)).Deleted > 10);
        _ = await CopyAsync(Overwriting);

        Assert.Null(await there.Blobs.GetAsync("theirs", Token));
        Assert.Equal(bytes, await BlobWorld.ReadAsync(there, "mine"));
        Assert.Empty((await there.Blobs.VerifyAsync(cancellationToken: Token)).Problems);
    }

    [Fact]
    public async Task What_the_source_deleted_before_the_copy_is_not_what_the_target_has_of_its_own()
    {
        var books = here.Repository(Sample.Books);
        _ = await books.CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
        _ = await books.DeleteAsync("a", cancellationToken: Token);
        _ = await there.Repository(Sample.Books).CreateAsync("a", new Book("Mine", "x", 1), cancellationToken: Token);

        _ = await CopyAsync(Overwriting);

        Assert.Equal("Mine", (await there.Repository(Sample.Books).GetAsync("a", Token))!.Value.Title);
    }

    [Fact]
    public async Task Nothing_is_collected_while_a_copy_brings_chunks_before_what_refers_to_them()
    {
        _ = await here.Blobs.PutAsync("it", new MemoryStream([1, 2, 3]), cancellationToken: Token);
        await using (await CopyLease.TakeAsync(target, clock, TimeSpan.FromSeconds(5), Token))
        {
            var chunk = (await BlobWorld.RecordsAsync(here, BlobKeys.Chunks)).Single();
            _ = await target.CommitAsync(new Commit(new PutOperation(chunk.Key, chunk.Value)), Token);
            var error = await Assert.ThrowsAsync<StoreException>(
                async () => await there.Blobs.CollectAsync(AtOnce, Token));
            Assert.Equal(StoreErrorKind.InUse, error.Kind);
        }

        Assert.Equal(1, (await there.Blobs.CollectAsync(AtOnce, Token)).Deleted);
    }

    [Fact]
    public async Task A_copy_is_equal_also_where_both_have_collected()
    {
        _ = await here.Blobs.PutAsync("it", new MemoryStream([1, 2, 3]), cancellationToken: Token);
        _ = await CopyAsync();

        _ = await here.Blobs.CollectAsync(AtOnce, Token);
        _ = await there.Blobs.CollectAsync(AtOnce, Token);
        _ = await CopyAsync();

        Assert.Empty((await StoreComparison.CompareAsync(source, target, clock, cancellationToken: Token)).Differences);
    }

    [Theory]
    [InlineData("0.9")]
    [InlineData(null)]
    public async Task A_collection_of_another_version_is_not_copied_among_others(string? ours)
    {
        await MigrateAsync(here, 3);
        var mine = StoryVersions.Raw.WithIndex("byName", "name");
        if (ours is not null)
        {
            mine = mine.WithMigrations(StoryVersions.Old);
        }

        _ = await there.Repository(mine).CreateAsync("mine", StoryVersions.Old09(9), cancellationToken: Token);

        var error = await Assert.ThrowsAsync<StoreException>(() => CopyAsync(Overwriting));

        Assert.Equal(StoreErrorKind.Unsupported, error.Kind);
        Assert.Contains(ours is null ? "no version" : "version '0.9'", error.Message, StringComparison.Ordinal);
        Assert.Contains("2.0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Documents_of_any_version_go_where_all_entries_they_need_come_along()
    {
        var byTitle = StoryVersions.Stories.WithIndex("byTitle", "title");
        await StoryVersions.WriteOldAsync(here, 3, Token);
        await here.PrepareAsync(byTitle, Token);
        await there.PrepareAsync(byTitle, Token);
        _ = await there.Repository(byTitle).CreateAsync(
            "mine", new Story("Mine", [], new Dictionary<string, Variable>()), cancellationToken: Token);

        _ = await CopyAsync(Overwriting);

        await using var merged = Sample.Open(clock, target);
        var found = await merged.Repository(byTitle)
            .Query().Where(static story => story.Title == "Story 2 – Ü").RequireIndex()
            .ToPageAsync(cancellationToken: Token);
        Assert.Equal("s00002", Assert.Single(found.Items).Id);
    }

    [Fact]
    public async Task Documents_of_the_targets_version_get_entries_for_its_own_indexes()
    {
        await MigrateAsync(here, 3);
        var byTitle = StoryVersions.Stories.WithIndex("byTitle", "title");
        _ = await there.Repository(byTitle).CreateAsync(
            "mine", new Story("Mine", [], new Dictionary<string, Variable>()), cancellationToken: Token);

        _ = await CopyAsync(Overwriting);

        var found = await there.Repository(byTitle)
            .Query().Where(static story => story.Title == "Story 2 – Ü").RequireIndex()
            .ToPageAsync(cancellationToken: Token);
        Assert.Equal("s00002", Assert.Single(found.Items).Id);
    }

    private static Migrator Migrator(Undercroft.Storage storage) => new(storage, "stories", StoryVersions.Two);

    private static async Task MigrateAsync(Undercroft.Storage storage, int count)
    {
        await StoryVersions.WriteOldAsync(storage, count, Token);
        Assert.Equal(count, (await Migrator(storage).RunAsync(Token)).Rewritten);
    }

    private Task<CopyReport> CopyAsync() => CopyAsync(StoreCopyOptions.Default);

    private Task<CopyReport> CopyAsync(StoreCopyOptions options) =>
        new StoreCopy(source, target, options, clock).RunAsync(cancellationToken: Token);
}
