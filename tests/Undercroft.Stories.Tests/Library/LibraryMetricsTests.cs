using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Undercroft.Stories.Tests;

public sealed class LibraryMetricsTests : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly ConcurrentQueue<Measured> measured = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => listener.Dispose();

    [Fact]
    public async Task Whoever_listens_hears_of_saves_loads_hits_and_misses()
    {
        await using var storage = new Storage(new NamedStore(new MemoryStore()));
        await using var library = new StoryLibrary(storage);
        Listen();

        _ = await library.SaveManyAsync(
            [Make.Story() with { Id = "a" }, Make.Story() with { Id = "b" }], null, Token);
        _ = await library.LoadAsync("a", cancellationToken: Token);
        _ = await library.LoadAsync("none", cancellationToken: Token);
        _ = await Assert.ThrowsAsync<RevisionConflictException>(async () => await library.SaveAsync(
            Make.Story() with { Id = "a" }, new StorySaveOptions { Expected = Revision.None }, Token));
        _ = await library.DeleteAsync("b", null, Token);

        Assert.Equal(
            [
                new(StoryDiagnostics.OperationDuration, "save", null),
                new(StoryDiagnostics.Stories, "save", null, 2),
                new(StoryDiagnostics.CacheHits, null, null, 1),
                new(StoryDiagnostics.CacheMisses, null, null, 1),
                new(StoryDiagnostics.OperationDuration, "load", null),
                new(StoryDiagnostics.OperationDuration, "save", nameof(RevisionConflictException)),
                new(StoryDiagnostics.OperationDuration, "delete", null),
                new(StoryDiagnostics.Stories, "delete", null, 1),
            ],
            measured);
    }

    [Fact]
    public void Names_once_shipped_stay() => Assert.Equal(
        [
            "undercroft.stories.operation.duration", "undercroft.stories.stories", "undercroft.stories.cache.hits",
            "undercroft.stories.cache.misses",
        ],
        [
            StoryDiagnostics.OperationDuration, StoryDiagnostics.Stories, StoryDiagnostics.CacheHits,
            StoryDiagnostics.CacheMisses,
        ]);

    // Other tests measure at the same time: what is meant is told by the backend's name.
    private void Listen()
    {
        listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Name.StartsWith("undercroft.stories.", StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Hear(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Hear(instrument, 0, tags));
        listener.Start();
    }

    private void Hear(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var all = new Dictionary<string, object?>(tags.ToArray(), StringComparer.Ordinal);
        if (NamedStore.Name.Equals(all[UndercroftDiagnostics.BackendTag]))
        {
            measured.Enqueue(new Measured(
                instrument.Name,
                (string?)all.GetValueOrDefault(UndercroftDiagnostics.OperationTag),
                (string?)all.GetValueOrDefault("error.type"),
                value));
        }
    }

    private sealed record Measured(string Name, string? Operation, string? Error, long Count = 0);

    private sealed class NamedStore(IStore inner) : Undercroft.Layers.DelegatingStore(inner)
    {
        public const string Name = "measured";

        public override StoreInfo Info => base.Info with { Backend = Name };
    }
}
