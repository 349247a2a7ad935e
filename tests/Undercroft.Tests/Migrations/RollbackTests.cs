using Undercroft.Migrations;
using Undercroft.Testing;

namespace Undercroft.Tests.Migrations;

public sealed class RollbackTests : IAsyncLifetime
{
    private readonly ManualClock clock = new();
    private readonly MemoryStore store;
    private readonly Undercroft.Storage storage;

    public RollbackTests()
    {
        store = new MemoryStore(clock: clock);
        storage = Sample.Open(clock, store);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Story NewStory => new("New", [], new Dictionary<string, Variable>());

    private IRepository<Story> Stories => storage.Repository(StoryVersions.Stories);

    public async ValueTask InitializeAsync()
    {
        await StoryVersions.WriteOldAsync(storage, 12, Token);
        await storage.Repository(StoryVersions.Raw).UpsertAsync(
            "s00005",
            StoryVersions.Old09(5),
            new WriteOptions { TimeToLive = TimeSpan.FromDays(9) },
            cancellationToken: Token);
        clock.Advance(TimeSpan.FromHours(1));
    }

    public async ValueTask DisposeAsync()
    {
        await storage.DisposeAsync();
        await store.DisposeAsync();
    }

    [Fact]
    public async Task A_rollback_restores_every_document_to_the_byte_with_times_tags_and_expiry()
    {
        await storage.PrepareAsync(StoryVersions.Raw.WithIndex("byName", "name"), Token);
        var before = await AllAsync();
        await Migrator().RunAsync(Token);
        await Migrator().RunAsync(Token);
        clock.Advance(TimeSpan.FromHours(1));

        // An index built meanwhile gives every document another revision, and changes none.
        await storage.PrepareAsync(StoryVersions.Stories.WithIndex("byTitle", "title"), Token);
        var run = await Migrator().RollbackAsync(cancellationToken: Token);

        Assert.Equal((MigrationState.RolledBack, 12, 0), (run.State, run.Rollback!.Restored, run.Rollback.Kept));
        var after = await AllAsync();
        Assert.Equal(before.Select(Shown), after.Select(Shown));
        Assert.Equal(
            before.Select(entries => entries.Entries.Where(IsByName)),
            after.Select(entries => entries.Entries.Where(IsByName)));
        var plain = Sample.Open(clock, store).Repository(StoryVersions.Raw.WithIndex("byName", "name"));
        var query = plain.Query().WhereJson("""{"name": "Story 3 – Ü"}""");
        Assert.Equal("s00003", (await query.FirstOrDefaultAsync(Token))!.Id);
        Assert.True((await query.ExplainAsync(Token)).IsServedByIndex);
        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await Migrator().RollbackAsync(cancellationToken: Token));
        Assert.Contains("no run is left", error.Message, StringComparison.Ordinal);
        Assert.Equal(12, (await Migrator().RunAsync(Token)).Rewritten);
    }

    [Fact]
    public async Task What_was_written_since_is_kept_and_reported_then_taken_down_or_overwritten()
    {
        await Migrator().RunAsync(Token);
        clock.Advance(TimeSpan.FromHours(1));
        await Stories.PatchAsync("s00003", story => story with { Title = "Changed" }, cancellationToken: Token);
        await Stories.DeleteAsync("s00004", cancellationToken: Token);
        await Stories.CreateAsync("zz", NewStory, cancellationToken: Token);

        var kept = await Migrator().RollbackAsync(cancellationToken: Token);
        var down = await Migrator().RollbackAsync(RollbackMode.TakeDownChanged, Token);

        Assert.Equal((10, 0, 3), (kept.Rollback!.Restored, kept.Rollback.TakenDown, kept.Rollback.Kept));
        Assert.Equal(["s00003", "s00004", "zz"], kept.Rollback.KeptDocuments.Select(document => document.Id));
        Assert.Equal(
            (kept.Number, 0, 2, 1),
            (down.Number, down.Rollback!.Restored, down.Rollback.TakenDown, down.Rollback.Kept));
        Assert.Equal("Changed", StoryVersions.Parse((await RawAsync("s00003"))!.Value)["name"]!.ToString());
        Assert.Equal("New", StoryVersions.Parse((await RawAsync("zz"))!.Value)["name"]!.ToString());

        var forced = await Migrator().RollbackAsync(RollbackMode.OverwriteChanged, Token);
        Assert.Equal(1, forced.Rollback!.Restored);
        Assert.Equal(StoryVersions.Old09(4).ToString(), (await RawAsync("s00004"))!.Value.ToString());
    }

    [Fact]
    public async Task Overwriting_gives_changed_documents_their_originals_back()
    {
        await Migrator().RunAsync(Token);
        clock.Advance(TimeSpan.FromHours(1));
        await Stories.PatchAsync("s00003", story => story with { Title = "Changed" }, cancellationToken: Token);

        var run = await Migrator().RollbackAsync(RollbackMode.OverwriteChanged, Token);

        Assert.Equal((12, 0), (run.Rollback!.Restored, run.Rollback.Kept));
        Assert.Equal(StoryVersions.Old09(3).ToString(), (await RawAsync("s00003"))!.Value.ToString());
    }

    [Fact]
    public async Task A_killed_rollback_goes_on_where_it_was()
    {
        var before = await AllAsync();
        await Migrator().RunAsync(Token);
        var dying = new Migrator(
            Sample.Open(clock, new DyingStore(store, 2)), "stories", StoryVersions.Two,
            new MigratorOptions { BatchSize = 4 });
        await Assert.ThrowsAsync<IOException>(async () => await dying.RollbackAsync(cancellationToken: Token));
        clock.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<StoreException>(async () => await Migrator().RunAsync(Token));

        var run = await Migrator().RollbackAsync(cancellationToken: Token);

        Assert.Equal((12, MigrationState.RolledBack), (run.Rollback!.Restored, run.State));
        Assert.Equal(before.Select(Shown), (await AllAsync()).Select(Shown));
    }

    [Fact]
    public async Task An_unfinished_run_can_be_rolled_back()
    {
        var before = await AllAsync();
        var dying = new Migrator(
            Sample.Open(clock, new DyingStore(store, 2)), "stories", StoryVersions.Two,
            new MigratorOptions { BatchSize = 4 });
        await Assert.ThrowsAsync<IOException>(async () => await dying.RunAsync(Token));
        clock.Advance(TimeSpan.FromMinutes(1));

        var run = await Migrator().RollbackAsync(cancellationToken: Token);

        Assert.Equal((4, 0), (run.Rollback!.Restored, run.Rollback.Kept));
        Assert.Equal(before.Select(Shown), (await AllAsync()).Select(Shown));
    }

    [Fact]
    public async Task Originals_are_kept_until_they_are_forgotten()
    {
        await Migrator().RunAsync(Token);
        clock.Advance(TimeSpan.FromDays(8));

        Assert.Equal(0, await Migrator().ForgetOriginalsAsync(TimeSpan.FromDays(9), Token));
        Assert.Equal(12, await Migrator().ForgetOriginalsAsync(TimeSpan.FromDays(7), Token));

        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await Migrator().RollbackAsync(cancellationToken: Token));
        Assert.Contains("run 1 has kept no originals", error.Message, StringComparison.Ordinal);
        Assert.False((await Migrator().HistoryAsync(Token)).Single().HasOriginals);
        Assert.DoesNotContain(
            (await store.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Measure }, Token)).Collections,
            size => size.Collection.StartsWith("$originals", StringComparison.Ordinal) && size.Records > 0);
    }

    [Fact]
    public async Task Migrating_down_takes_the_steps_back()
    {
        await Migrator().RunAsync(Token);

        var run = await new Migrator(storage, "stories", StoryVersions.Two.To("0.9")).RunAsync(Token);

        Assert.Equal((12, "2.0", MigrationState.Completed), (run.Rewritten, run.Before, run.State));
        Assert.True(System.Text.Json.Nodes.JsonNode.DeepEquals(
            StoryVersions.Parse(StoryVersions.Old09(7)), StoryVersions.Parse((await RawAsync("s00007"))!.Value)));
    }

    private static bool IsByName(IndexEntry entry) => entry.Index.StartsWith("byName", StringComparison.Ordinal);

    private static string Shown(StoreRecord record) =>
        $"{record.Key} {Convert.ToHexString(record.Value.Span)} {record.CreatedAt:O} {record.UpdatedAt:O} " +
        $"{record.ExpiresAt:O} {string.Join(';', record.Meta)}";

    private async Task<IReadOnlyList<StoreRecord>> AllAsync()
    {
        var page = await store.ScanAsync(
            new ScanRequest { Collection = "stories", Limit = 1000, Detail = RecordDetail.Complete }, Token);
        return [.. page.Items.Select(item => item.Record)];
    }

    private ValueTask<Document<RawJson>?> RawAsync(string id) =>
        storage.Repository(StoryVersions.Raw).GetAsync(id, Token);

    private Migrator Migrator() => new(storage, "stories", StoryVersions.Two);
}
