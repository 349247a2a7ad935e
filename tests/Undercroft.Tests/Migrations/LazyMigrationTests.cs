using System.Text.Json.Nodes;
using Undercroft.Migrations;

namespace Undercroft.Tests.Migrations;

public sealed class LazyMigrationTests : IAsyncLifetime
{
    private readonly MemoryStore store = new();
    private readonly Undercroft.Storage storage;

    public LazyMigrationTests() => storage = Sample.Open(store: store);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await StoryVersions.WriteOldAsync(storage, 5, Token);

    public async ValueTask DisposeAsync()
    {
        await storage.DisposeAsync();
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Every_way_of_reading_gives_the_version_of_the_program()
    {
        var stories = storage.Repository(StoryVersions.Stories);

        var one = await stories.GetAsync("s00003", Token);
        var many = await stories.GetManyAsync(["s00003", "none"], Token);
        var page = await stories.Query().Where(story => story.Title == "Story 3 – Ü").ToPageAsync(Token);
        var streamed = await stories.Query().OrderByDescending(story => story.Title).StreamAsync(Token)
            .FirstAsync(Token);
        var inside = default(Document<Story>);
        await storage.TransactionAsync(
            async transaction =>
                inside = await transaction.Repository(StoryVersions.Stories).GetAsync("s00003", Token),
            cancellationToken: Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var changes = stories.ChangesAsync(cancellationToken: stop.Token);
        var change = await changes.FirstAsync(change => change.Id == "s00003", Token);

        Assert.Equal("number", one!.Value.Variables["gold"].Type);
        Assert.Equal(["Once 3", "End"], one.Value.Passages.Select(passage => passage.Text));
        Assert.Equal(["t0"], one.Tags);
        Assert.All(
            [many[0]!, page.Items.Single(), inside!, change.Document!],
            read =>
            {
                Assert.Equal((one.Id, one.Revision, one.UpdatedAt), (read.Id, read.Revision, read.UpdatedAt));
                Assert.Equal(one.Value.Title, read.Value.Title);
                Assert.Equal("2.0", read.Meta["$schema"]);
            });
        Assert.Equal("s00004", streamed.Id);
        Assert.Equal("0.9", (await PlanAsync()).Versions.Single().Version);
    }

    [Fact]
    public async Task A_write_stores_the_new_version_and_only_that_one()
    {
        var stories = storage.Repository(StoryVersions.Stories);

        await stories.PatchAsync("s00001", story => story with { Opened = 7 }, cancellationToken: Token);
        await stories.PatchJsonAsync("s00002", """{"title":"New"}"""u8.ToArray(), cancellationToken: Token);
        await storage.TransactionAsync(
            async transaction =>
            {
                var inner = transaction.Repository(StoryVersions.Stories);
                await inner.PatchAsync("s00003", story => story with { Opened = 1 }, cancellationToken: Token);
                Assert.Equal(1, (await inner.GetAsync("s00003", Token))!.Value.Opened);
                Assert.Equal(2, await inner.Query().Where(story => story.Opened > 0).CountAsync(Token));
            },
            cancellationToken: Token);

        var raw = storage.Repository(StoryVersions.Raw);
        Assert.Equal("2.0", (await raw.GetAsync("s00001", Token))!.Meta["$schema"]);
        Assert.Contains(
            "\"default\":1", (await raw.GetAsync("s00001", Token))!.Value.ToString(), StringComparison.Ordinal);
        Assert.Equal("New", (await stories.GetAsync("s00002", Token))!.Value.Title);
        Assert.Equal(StoryVersions.Old09(0), (await raw.GetAsync("s00000", Token))!.Value, RawBytes);
        Assert.Equal([("0.9", 2L), ("2.0", 3L)], (await PlanAsync()).Versions.Select(v => (v.Version, v.Documents)));
    }

    [Fact]
    public async Task Queries_by_an_index_find_documents_of_all_versions()
    {
        var indexed = StoryVersions.Stories
            .WithIndex("byGold", "variables.gold.default").WithUnique("byTitle", "title");
        var stories = storage.Repository(indexed);
        await stories.CreateAsync("new", New("Zebra", 3), cancellationToken: Token);

        var query = stories.Query().WhereJson("""{"variables.gold.default": 3}""");
        var plan = await query.ExplainAsync(Token);
        var found = await query.ToPageAsync(Token);

        Assert.True(plan.IsServedByIndex, plan.ToString());
        Assert.Equal(["new", "s00003"], found.Items.Select(item => item.Id).Order());
        await Assert.ThrowsAsync<UniqueConflictException>(async () =>
            await stories.CreateAsync("twin", New("Story 3 – Ü", 9), cancellationToken: Token));
    }

    [Fact]
    public async Task A_program_that_knows_no_versions_neither_reads_nor_overwrites_what_has_one()
    {
        var old = Sample.Open(store: store).Repository(StoryVersions.Unversioned);
        await old.UpsertAsync("mine", New("Mine", 1), cancellationToken: Token);
        await storage.Repository(StoryVersions.Stories)
            .PatchAsync("s00001", story => story with { Opened = 7 }, cancellationToken: Token);

        var read = await Assert.ThrowsAsync<UnknownVersionException>(async () => await old.GetAsync("s00001", Token));
        await Assert.ThrowsAsync<UnknownVersionException>(async () =>
            await old.UpsertAsync("s00001", New("Old", 1), cancellationToken: Token));
        await Assert.ThrowsAsync<UnknownVersionException>(async () =>
            await old.UpsertAsync("fresh", New("Old", 1), cancellationToken: Token));
        await Assert.ThrowsAsync<UnknownVersionException>(async () =>
            await old.UpsertAsync("mine", New("Old", 1), cancellationToken: Token));

        Assert.Equal(
            "Cannot read 'stories/s00001': it is at version '2.0', and this program knows no versions. Update the " +
            "program.",
            read.Message);
        Assert.Equal("Mine", (await old.GetAsync("mine", Token))!.Value.Title);
        Assert.Equal(7, (await storage.Repository(StoryVersions.Stories).GetAsync("s00001", Token))!.Value.Opened);
        Assert.True(await old.DeleteAsync("s00001", cancellationToken: Token));
    }

    [Fact]
    public async Task A_program_that_knows_the_way_down_works_beside_the_newer_one()
    {
        var newer = storage.Repository(StoryVersions.Stories.WithIndex("byTitle", "title"));
        var oneDefinition = StoryVersions.Raw.WithMigrations(StoryVersions.Two.To("1.0"));
        var older = Sample.Open(store: store).Repository(oneDefinition);
        await newer.CreateAsync("a", New("Two", 3), cancellationToken: Token);

        var seen = StoryVersions.Parse((await older.GetAsync("a", Token))!.Value);
        await older.UpsertAsync(
            "b",
            RawJson.FromText("""{"title":"One","passages":[],"variables":{"gold":4}}"""),
            cancellationToken: Token);

        Assert.Equal(3, seen["variables"]!["gold"]!.GetValue<int>());
        var found = await newer.Query().Where(story => story.Title == "One").ToPageAsync(Token);
        Assert.Equal("number", found.Items.Single().Value.Variables["gold"].Type);
        var filter = """{"variables.gold":{"gt":3},"title":"One"}""";
        Assert.Equal(1, await older.Query().WhereJson(filter).CountAsync(Token));
    }

    [Fact]
    public async Task A_program_that_does_not_know_the_newer_version_is_told_the_versions_it_knows()
    {
        await storage.Repository(StoryVersions.Stories).CreateAsync("a", New("Two", 3), cancellationToken: Token);
        var older = Sample.Open(store: store).Repository(StoryVersions.Raw.WithMigrations(StoryVersions.One));

        var error = await Assert.ThrowsAsync<UnknownVersionException>(async () => await older.GetAsync("a", Token));
        await Assert.ThrowsAsync<UnknownVersionException>(async () =>
            await older.CreateAsync("b", RawJson.FromText("{}"), cancellationToken: Token));

        Assert.Equal("2.0", error.Version);
        Assert.Contains("knows 0.9, 1.0", error.Message, StringComparison.Ordinal);
        var read = StoryVersions.Parse((await older.GetAsync("s00001", Token))!.Value);
        Assert.Equal("Story 1 – Ü", read["title"]!.ToString());
    }

    [Fact]
    public async Task Raw_tools_write_only_the_version_of_the_collection()
    {
        await storage.PrepareAsync(StoryVersions.Stories, Token);
        var raw = Sample.Open(store: store).Repository(StoryVersions.Raw);

        await raw.CreateAsync(
            "raw", RawJson.FromText("""{"title":"R","passages":[],"variables":{}}"""), cancellationToken: Token);
        var error = await Assert.ThrowsAsync<StoreException>(async () =>
            await raw.UpsertAsync("s00001", RawJson.FromText("{}"), cancellationToken: Token));

        Assert.Equal("R", (await storage.Repository(StoryVersions.Stories).GetAsync("raw", Token))!.Value.Title);
        Assert.Contains("Migrate the collection first.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_detector_tells_the_version_of_documents_that_do_not_say_it()
    {
        var raw = storage.Repository(StoryVersions.Raw);
        await raw.CreateAsync(
            "one",
            RawJson.FromText("""{"title":"One","passages":[{"id":"p","text":"x"}],"variables":{"n":1}}"""),
            cancellationToken: Token);
        var chain = StoryVersions.Two.DetectBy(static story => story.ContainsKey("passages") ? "1.0" : null);
        var stories = storage.Repository(StoryVersions.Unversioned.WithMigrations(chain));

        Assert.Equal("One", (await stories.GetAsync("one", Token))!.Value.Title);
        Assert.Equal("Story 0 – Ü", (await stories.GetAsync("s00000", Token))!.Value.Title);

        var failing = StoryVersions.Two.DetectBy(static _ => throw new InvalidOperationException("No idea."));
        var error = await Assert.ThrowsAsync<StoreException>(async () => await storage
            .Repository(StoryVersions.Unversioned.WithMigrations(failing)).GetAsync("one", Token));
        Assert.Contains("No idea.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_throws_gives_nothing_or_gives_no_json_names_the_document_and_the_step()
    {
        foreach (var (step, reason) in new (Func<JsonObject, JsonObject>, string)[]
        {
            (static _ => throw new FormatException("Bad thing."), "Bad thing."),
            (static _ => null!, "gave no document"),
            (static story => { story["x"] = double.NaN; return story; }, "is no JSON"),
        })
        {
            var chain = new MigrationChain("0.9").Step("0.9", "1.0", step);
            var repository = storage.Repository(StoryVersions.Raw.WithMigrations(chain));

            var error = await Assert.ThrowsAsync<StoreException>(
                async () => await repository.GetAsync("s00001", Token));

            Assert.Equal(StoreErrorKind.Malformed, error.Kind);
            Assert.Contains("'stories/s00001'", error.Message, StringComparison.Ordinal);
            Assert.Contains("0.9 → 1.0", error.Message, StringComparison.Ordinal);
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        }
    }

    private static bool RawBytes(RawJson a, RawJson b) => a.Bytes.Span.SequenceEqual(b.Bytes.Span);

    private static Story New(string title, int gold) => new(
        title, [], new Dictionary<string, Variable> { ["gold"] = new("number", gold) });

    private ValueTask<MigrationPlan> PlanAsync() =>
        new Migrator(storage, "stories", StoryVersions.Two).PlanAsync(Token);
}
