using System.Text.Json.Nodes;
using Undercroft.Migrations;
using Undercroft.Testing;

namespace Undercroft.Tests.Migrations;

public sealed class MigratorTests : IAsyncLifetime
{
    private readonly ManualClock clock = new();
    private readonly MemoryStore store;
    private readonly Undercroft.Storage storage;

    public MigratorTests()
    {
        store = new MemoryStore(clock: clock);
        storage = Sample.Open(clock, store);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await StoryVersions.WriteOldAsync(storage, 25, Token);
        clock.Advance(TimeSpan.FromHours(1));
    }

    public async ValueTask DisposeAsync()
    {
        await storage.DisposeAsync();
        await store.DisposeAsync();
    }

    [Fact]
    public async Task A_run_rewrites_all_in_batches_and_keeps_times_and_tags()
    {
        var indexed = StoryVersions.Stories.WithIndex("byGold", "variables.gold.default");
        await storage.PrepareAsync(indexed, Token);
        var before = await RawAsync("s00007");
        var reported = new List<long>();

        var run = await Migrator(new MigratorOptions { BatchSize = 10, Progress = new Reports(reported) })
            .RunAsync(Token);

        Assert.Equal((MigrationState.Completed, 25, 25, 0), (run.State, run.Examined, run.Rewritten, run.Failed));
        Assert.True(run.BytesBefore > 0 && run.BytesAfter > run.BytesBefore);
        Assert.Equal([0, 10, 20, 25], reported);
        var after = await RawAsync("s00007");
        Assert.Equal(
            (before.CreatedAt, before.UpdatedAt, before.ExpiresAt),
            (after.CreatedAt, after.UpdatedAt, after.ExpiresAt));
        Assert.Equal(before.Tags, after.Tags);
        Assert.Equal("2.0", after.Meta["$schema"]);
        var query = storage.Repository(indexed).Query().WhereJson("""{"variables.gold.default": 7}""");
        Assert.True((await query.ExplainAsync(Token)).IsServedByIndex);
        Assert.Equal(1, await query.CountAsync(Token));
        Assert.Empty((await Migrator().DryRunAsync(Token)).Samples);
        Assert.Equal(0, (await Migrator().RunAsync(Token)).Rewritten);
        Assert.Equal([2L, 1L], (await Migrator().HistoryAsync(Token)).Select(entry => entry.Number));
    }

    [Fact]
    public async Task A_dry_run_tells_everything_and_writes_nothing()
    {
        await storage.Repository(StoryVersions.Raw)
            .CreateAsync("bad", RawJson.FromText("""{"name":"Bad"}"""), cancellationToken: Token);
        var revision = await LatestAsync();

        var dry = await Migrator().DryRunAsync(Token);

        Assert.Equal(revision, await LatestAsync());
        Assert.Equal((25, 1), (dry.Rewritten, dry.Failed));
        Assert.Equal("0.9 → 1.0 → 2.0", dry.Plan.Versions.Single().Path);
        Assert.Equal((26, 26, true), (dry.Plan.Documents, dry.Plan.Pending, dry.Plan.IsComplete));
        Assert.Equal("bad", dry.Failures.Single().Id);
        Assert.Equal(5, dry.Samples.Count);
        Assert.Equal(
            [
                """- name: "Story 0 – Ü" """.TrimEnd(),
                """- texts: ["Once 0","End"]""",
                """~ variables.gold: 0 → {"type":"number","default":0}""",
                """~ variables.hero: "Ann" → {"type":"string","default":"Ann"}""",
                """+ passages: [{"id":"p0","text":"Once 0"},{"id":"p1","text":"End"}]""",
                """+ title: "Story 0 – Ü" """.TrimEnd(),
            ],
            dry.Samples[0].Differences);
    }

    [Fact]
    public async Task A_dry_run_finds_values_that_would_no_longer_be_unique()
    {
        await storage.PrepareAsync(StoryVersions.Raw.WithUnique("byName", "kind"), Token);
        var same = new MigrationChain("0.9").Step("0.9", "1.0", static story =>
        {
            story["kind"] = "same";
            return story;
        });

        var dry = await new Migrator(storage, "stories", same).DryRunAsync(Token);
        var run = await new Migrator(
            storage, "stories", same, new MigratorOptions { OnFailure = FailurePolicy.Continue, BatchSize = 10 })
            .RunAsync(Token);

        Assert.Equal(24, dry.Failed);
        Assert.Contains("byName", dry.Failures[0].Reason, StringComparison.Ordinal);
        Assert.Equal((1, 24, MigrationState.Completed), (run.Rewritten, run.Failed, run.State));
    }

    [Fact]
    public async Task A_run_stops_at_a_document_that_fails_and_goes_on_there()
    {
        var broken = true;
        var chain = Chain(story => broken && (int)story["variables"]!["gold"]! == 13
            ? throw new FormatException("Thirteen.")
            : Count(story));
        var migrator = new Migrator(storage, "stories", chain, new MigratorOptions { BatchSize = 10 });

        var stopped = await migrator.RunAsync(Token);
        var again = await migrator.RunAsync(Token);
        broken = false;
        var run = await migrator.RunAsync(Token);

        foreach (var halt in new[] { stopped, again })
        {
            Assert.Equal((MigrationState.Stopped, 13, 1), (halt.State, halt.Rewritten, halt.Failed));
            Assert.Equal("s00013", halt.Failures.Single().Id);
            Assert.Contains("Thirteen.", halt.Failures.Single().Reason, StringComparison.Ordinal);
        }

        Assert.Equal(
            (MigrationState.Completed, 1, 25, 25, 0),
            (run.State, run.Number, run.Rewritten, run.Examined, run.Failed));
        await AllCountedOnceAsync();
    }

    [Fact]
    public async Task A_run_that_continues_reports_what_failed_and_changes_nothing_of_it()
    {
        var chain = Chain(static story => (int)story["variables"]!["gold"]! % 5 == 0
            ? throw new FormatException("Fifth.")
            : Count(story));

        var run = await new Migrator(
            storage, "stories", chain, new MigratorOptions { OnFailure = FailurePolicy.Continue }).RunAsync(Token);

        Assert.Equal((MigrationState.Completed, 20, 5), (run.State, run.Rewritten, run.Failed));
        Assert.Equal(["s00000", "s00005", "s00010", "s00015", "s00020"], run.Failures.Select(failure => failure.Id));
        Assert.Equal(StoryVersions.Old09(5).ToString(), (await RawAsync("s00005")).Value.ToString());
    }

    [Fact]
    public async Task A_document_that_grows_beyond_the_limit_fails_alone()
    {
        var small = new MemoryStore(new MemoryStoreOptions { Limits = new StoreLimits { ValueBytesMax = 500 } });
        await using var own = Sample.Open(store: small);
        await StoryVersions.WriteOldAsync(own, 3, Token);
        var chain = new MigrationChain("0.9").Step("0.9", "1.0", static story =>
        {
            if ((int)story["variables"]!["gold"]! == 1)
            {
                story["pad"] = new string('x', 1000);
            }

            return story;
        });

        var run = await new Migrator(
            own, "stories", chain, new MigratorOptions { OnFailure = FailurePolicy.Continue }).RunAsync(Token);

        Assert.Equal((2, 1), (run.Rewritten, run.Failed));
        Assert.Contains("ValueBytesMax", run.Failures.Single().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_migrator_is_refused_until_the_lease_of_a_killed_one_expires()
    {
        await KilledAsync(afterBatches: 1);

        var refused = await Assert.ThrowsAsync<StoreException>(async () => await Counting().RunAsync(Token));
        clock.Advance(TimeSpan.FromSeconds(31));
        var run = await Counting().RunAsync(Token);

        Assert.Equal((StoreErrorKind.InUse, true), (refused.Kind, refused.IsTransient));
        Assert.Equal((1, 25, 25, MigrationState.Completed), (run.Number, run.Rewritten, run.Examined, run.State));
        await AllCountedOnceAsync();
    }

    [Fact]
    public async Task A_migrator_that_slept_beyond_its_lease_writes_nothing_more()
    {
        var slept = false;
        var sleeper = new Migrator(
            storage,
            "stories",
            Chain(story =>
            {
                if (!slept && (int)story["variables"]!["gold"]! == 12)
                {
                    // Its lease runs out in the middle of a batch, and another one does all the work.
                    slept = true;
                    clock.Advance(TimeSpan.FromSeconds(31));
                    Assert.True(Counting().RunAsync(Token).AsTask().Wait(TimeSpan.FromMinutes(2), Token));
                }

                return Count(story);
            }),
            new MigratorOptions { BatchSize = 10 });

        var lost = await Assert.ThrowsAsync<StoreException>(async () => await sleeper.RunAsync(Token));

        Assert.Equal(StoreErrorKind.InUse, lost.Kind);
        Assert.Contains("lost its lease", lost.Message, StringComparison.Ordinal);
        Assert.Equal(MigrationState.Completed, (await Counting().HistoryAsync(Token)).Single().State);
        await AllCountedOnceAsync();
    }

    [Fact]
    public async Task A_cancelled_run_gives_its_lease_back_and_goes_on_later()
    {
        using var cancel = new CancellationTokenSource();
        var seen = 0;
        var chain = Chain(story =>
        {
            if (++seen == 15)
            {
                cancel.Cancel();
            }

            return Count(story);
        });
        var options = new MigratorOptions { BatchSize = 10 };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await new Migrator(storage, "stories", chain, options).RunAsync(cancel.Token));
        var run = await Counting().RunAsync(Token);

        Assert.Equal((1, 25, MigrationState.Completed), (run.Number, run.Rewritten, run.State));
        await AllCountedOnceAsync();
    }

    [Fact]
    public async Task A_write_of_somebody_else_wins_and_is_looked_at_again()
    {
        var stories = Sample.Open(clock, store).Repository(StoryVersions.Stories);
        var met = false;
        var chain = StoryVersions.One.Step("1.0", "2.0", story =>
        {
            if (!met && story["title"]!.GetValue<string>().StartsWith("Story 3 ", StringComparison.Ordinal))
            {
                met = true;
                Assert.True(stories
                    .PatchAsync("s00003", one => one with { Opened = 99 }, cancellationToken: Token)
                    .AsTask().Wait(TimeSpan.FromMinutes(2), Token));
                Assert.True(stories.DeleteAsync("s00004", cancellationToken: Token)
                    .AsTask().Wait(TimeSpan.FromMinutes(2), Token));
            }

            return StoryVersions.Two.FindPath("1.0", "2.0")!.Apply(story);
        });

        var run = await new Migrator(storage, "stories", chain).RunAsync(Token);

        Assert.Equal((23, 24), (run.Rewritten, run.Examined));
        Assert.Equal(99, (await stories.GetAsync("s00003", Token))!.Value.Opened);
        Assert.Null(await stories.GetAsync("s00004", Token));
    }

    [Fact]
    public async Task A_run_to_another_version_waits_for_the_unfinished_one()
    {
        await KilledAsync(afterBatches: 1);
        clock.Advance(TimeSpan.FromMinutes(1));

        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await new Migrator(storage, "stories", StoryVersions.Two).RunAsync(Token));

        Assert.Equal(StoreErrorKind.Conflict, error.Kind);
        Assert.Contains("its run 1 to '1.0' is Running", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_raises_the_collection_stops_a_run_down()
    {
        await Migrator().RunAsync(Token);
        var newer = Sample.Open(clock, store).Repository(StoryVersions.Stories);
        var chain = new MigrationChain("0.9").Step("0.9", "1.0", Count).Step("1.0", "2.0", Count, story =>
        {
            _ = newer.UpsertAsync("n", new Story("N", [], new Dictionary<string, Variable>()), cancellationToken: Token)
                .AsTask().Wait(TimeSpan.FromMinutes(2), Token);
            return story;
        });

        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await new Migrator(storage, "stories", chain.To("1.0")).RunAsync(Token));

        Assert.Equal(StoreErrorKind.Conflict, error.Kind);
        Assert.Contains("raised the collection to '2.0'", error.Message, StringComparison.Ordinal);
    }

    private static MigrationChain Chain(Func<JsonObject, JsonObject> step) =>
        new MigrationChain("0.9").Step("0.9", "1.0", step);

    // Proves that no document takes the step twice.
    private static JsonObject Count(JsonObject story)
    {
        story["steps"] = ((int?)story["steps"] ?? 0) + 1;
        return story;
    }

    private Migrator Migrator(MigratorOptions? options = null) => new(storage, "stories", StoryVersions.Two, options);

    private Migrator Counting() => new(
        Sample.Open(clock, store), "stories", Chain(Count), new MigratorOptions { BatchSize = 10 });

    private async Task KilledAsync(int afterBatches)
    {
        var dying = Sample.Open(clock, new DyingStore(store, afterBatches + 1));
        var migrator = new Migrator(dying, "stories", Chain(Count), new MigratorOptions { BatchSize = 10 });
        await Assert.ThrowsAsync<IOException>(async () => await migrator.RunAsync(Token));
    }

    private async Task AllCountedOnceAsync()
    {
        for (var i = 0; i < 25; i++)
        {
            Assert.Equal(1, (int?)StoryVersions.Parse((await RawAsync(StoryVersions.Id(i))).Value)["steps"]);
        }
    }

    private async Task<Document<RawJson>> RawAsync(string id) =>
        (await storage.Repository(StoryVersions.Raw).GetAsync(id, Token))!;

    private async Task<FeedCursor> LatestAsync() =>
        (await store.ChangesAsync(new ChangesRequest { After = FeedCursor.End, Limit = 1 }, Token)).Next;

    private sealed class Reports(List<long> examined) : IProgress<MigrationRun>
    {
        public void Report(MigrationRun value) => examined.Add(value.Examined);
    }
}
