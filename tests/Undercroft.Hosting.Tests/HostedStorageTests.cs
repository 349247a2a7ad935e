using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Undercroft.Hosting.Tests;

public sealed class HostedStorageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_started_host_has_a_storage_and_its_collections()
    {
        using var host = TestHost.Build(builder => builder.UseMemory().AddCollection(Notes.Inbox));

        await host.StartAsync(Token);
        var inbox = host.Services.GetRequiredService<IRepository<Note>>();
        await inbox.CreateAsync("a", new Note("hello"), cancellationToken: Token);

        var storage = host.Services.GetRequiredService<Storage>();
        Assert.Equal(new Note("hello"), (await storage.Repository(Notes.Inbox).GetAsync("a", Token))?.Value);
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task Indexes_are_built_when_the_host_starts()
    {
        using var host = TestHost.Build(builder => builder.UseMemory().AddCollection(Notes.Inbox));

        await host.StartAsync(Token);

        var indexes = await host.Services.GetRequiredService<Storage>().IndexesAsync("inbox", Token);
        Assert.Equal("byText", Assert.Single(indexes).Name);
    }

    [Fact]
    public async Task Two_collections_of_one_type_are_told_apart_by_their_names()
    {
        using var host = TestHost.Build(
            builder => builder.UseMemory().AddCollection(Notes.Inbox).AddCollection(Notes.Archive));
        await host.StartAsync(Token);

        var names = new[]
        {
            host.Services.GetRequiredService<IRepository<Note>>(),
            host.Services.GetRequiredKeyedService<IRepository<Note>>("inbox"),
            host.Services.GetRequiredKeyedService<IRepository<Note>>("archive"),
        }.Select(repository => repository.Definition.Name);

        Assert.Equal(["inbox", "inbox", "archive"], names);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, "sqlite:env.db", "sqlite:env.db")]
    [InlineData("file:conf", "sqlite:env.db", "file:conf")]
    public async Task Configuration_comes_before_the_environment(string? configured, string? variable, string? expected)
    {
        using var host = TestHost.Build(
            _ => { },
            new() { ["Undercroft:Store"] = configured },
            new() { ["UNDERCROFT_STORE"] = variable ?? "" });

        await host.StartAsync(Token);

        Assert.Equal(expected, host.Services.GetRequiredService<Storage>().Info.Location);
    }

    [Fact]
    public async Task Code_comes_before_everything_and_its_last_word_counts()
    {
        using var host = TestHost.Build(
            builder => builder
                .UseStore((_, _) => throw new InvalidOperationException("Not this one."))
                .UseStore("sqlite:code.db"),
            new() { ["Undercroft:Store"] = "file:conf" },
            new() { ["UNDERCROFT_STORE"] = "sqlite:env.db" });

        await host.StartAsync(Token);

        Assert.Equal("sqlite:code.db", host.Services.GetRequiredService<Storage>().Info.Location);
    }

    [Fact]
    public async Task A_store_of_the_applications_own_making_is_used_and_the_environment_not_even_judged()
    {
        await using var mine = new MemoryStore();
        using var host = TestHost.Build(
            builder => builder.UseStore((_, _) => new(mine)),
            environment: new() { ["STORAGE_BACKEND"] = "mongo" });

        await host.StartAsync(Token);

        Assert.Same(mine, host.Services.GetRequiredService<Storage>().Store);
    }

    [Theory]
    [InlineData("Undercroft:Store", "oracle:x", "Undercroft:Store names a store of the kind 'oracle'")]
    [InlineData("Undercroft:Storage:SweepInterval", "00:00:00", "SweepInterval must be positive")]
    [InlineData("Undercroft:Storage:SweepInterval", "soon", "The setting Undercroft:Storage:SweepInterval is 'soon'")]
    public async Task A_wrong_setting_stops_the_start(string key, string value, string beginning)
    {
        using var host = TestHost.Build(_ => { }, new() { [key] = value });

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));

        Assert.StartsWith(beginning, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_durability_the_store_does_not_offer_stops_the_start_and_leaves_nothing_open()
    {
        var store = new MemoryStore();
        using var host = TestHost.Build(
            builder => builder.UseStore((_, _) => new(store)), new() { ["Undercroft:Storage:Durability"] = "Disk" });

        var error = await Assert.ThrowsAsync<CapabilityException>(() => host.StartAsync(Token));

        Assert.StartsWith(
            "The backend 'memory' does not offer durability 'Disk'.", error.Message, StringComparison.Ordinal);
        _ = await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await store.ReadAsync(new RecordKey("a", "b"), cancellationToken: Token));
    }

    [Fact]
    public async Task Before_the_start_a_storage_cannot_be_had_but_its_opener_can()
    {
        using var host = TestHost.Build(builder => builder.UseMemory());

        var error = Assert.Throws<InvalidOperationException>(host.Services.GetRequiredService<Storage>);
        var opener = host.Services.GetRequiredService<StorageOpener>();
        var opened = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => opener.OpenAsync(Token).AsTask()));

        Assert.StartsWith("The storage is not open yet", error.Message, StringComparison.Ordinal);
        Assert.Same(host.Services.GetRequiredService<Storage>(), Assert.Single(opened.Distinct()));
    }

    [Fact]
    public async Task A_store_that_could_not_be_opened_is_tried_again_by_the_next_who_asks()
    {
        var attempts = 0;
        using var host = TestHost.Build(builder => builder.UseStore((_, _) => ++attempts == 1
            ? throw new StoreException(StoreErrorKind.Unavailable, "The disk is asleep.")
            : new(new MemoryStore())));
        var opener = host.Services.GetRequiredService<StorageOpener>();

        await Assert.ThrowsAsync<StoreException>(async () => await opener.OpenAsync(Token));
        var storage = await opener.OpenAsync(Token);

        Assert.Equal((2, "memory"), (attempts, storage.Info.Backend));
    }

    [Fact]
    public async Task A_disposed_host_disposes_its_store()
    {
        var host = TestHost.Build(builder => builder.UseMemory().AddCollection(Notes.Inbox));
        await host.StartAsync(Token);
        var inbox = host.Services.GetRequiredService<IRepository<Note>>();
        var opener = host.Services.GetRequiredService<StorageOpener>();

        host.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await inbox.GetAsync("a", Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await opener.OpenAsync(Token));
    }

    [Fact]
    public async Task The_log_tells_of_the_opening_of_failures_nobody_waits_for_and_of_the_end()
    {
        using var book = new LogBook();
        var host = TestHost.Build(
            builder => builder.UseStore("sqlite:app.db"),
            configure: builder => builder.Logging.AddProvider(book));
        await host.StartAsync(Token);
        var storage = host.Services.GetRequiredService<Storage>();
        using var failing = storage.Events.OnCommitted(_ => throw new TimeoutException("too late"));
        await storage.Repository(Notes.Inbox).CreateAsync("a", new Note("hello"), cancellationToken: Token);

        host.Dispose();

        Assert.Equal(
            [
                (LogLevel.Information, 1000, "Opened the memory store at sqlite:app.db; commits reach Memory"),
                (LogLevel.Error, 1002, "The storage failed in the background: a handler of OnCommitted"),
                (LogLevel.Information, 1003, "Closed the store"),
            ],
            book.Entries.Where(entry => entry.Id is >= 1000 and < 2000).Distinct());
    }

    [Fact]
    public async Task A_slow_query_is_logged_with_its_plan()
    {
        using var book = new LogBook();
        using var host = TestHost.Build(
            builder => builder.UseMemory().AddCollection(Notes.Inbox),
            new() { ["Undercroft:Storage:SlowQueryThreshold"] = "00:00:00" },
            configure: builder => builder.Logging.AddProvider(book));
        await host.StartAsync(Token);

        _ = await host.Services.GetRequiredService<IRepository<Note>>().Query().CountAsync(Token);

        var (level, _, text) = Assert.Single(book.Entries, entry => entry.Id == 1001);
        Assert.Equal(LogLevel.Warning, level);
        Assert.Matches("^A query on inbox took [0-9.]+ ms: .*all ids", text);
    }

    [Fact]
    public async Task The_health_check_follows_the_store()
    {
        using var host = TestHost.Build(
            builder => builder.UseMemory(),
            configure: builder => builder.Services.AddHealthChecks().AddUndercroftCheck(tags: ["ready"]));
        await host.StartAsync(Token);
        var checks = host.Services.GetRequiredService<HealthCheckService>();

        var open = (await checks.CheckHealthAsync(Token)).Entries["undercroft"];
        await host.Services.GetRequiredService<Storage>().DisposeAsync();
        var closed = (await checks.CheckHealthAsync(Token)).Entries["undercroft"];

        Assert.Equal((HealthStatus.Healthy, "memory"), (open.Status, open.Data["backend"]));
        Assert.Equal(["ready"], open.Tags);
        Assert.Equal(HealthStatus.Unhealthy, closed.Status);
    }
}
