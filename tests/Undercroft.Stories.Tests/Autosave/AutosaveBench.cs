using Undercroft.Testing;

namespace Undercroft.Stories.Tests;

/// <summary>A library in memory, an autosave on a clock that the test moves, and everything it tells.</summary>
internal sealed class AutosaveBench : IAsyncDisposable
{
    private readonly MemoryStore memory = new();
    private readonly SemaphoreSlim ended = new(0);

    private AutosaveBench()
    {
        Store = new HookedStore(memory);
        Storage = new Storage(Store, new StorageOptions { SweepInterval = Timeout.InfiniteTimeSpan });
        Library = new StoryLibrary(Storage);
        Others = new StoryLibrary(new Storage(memory));
    }

    public static TimeSpan Debounce => TimeSpan.FromSeconds(2);

    public static TimeSpan Interval => TimeSpan.FromSeconds(30);

    public static TimeSpan Tick => TimeSpan.FromTicks(1);

    public ManualClock Clock { get; } = new();

    public HookedStore Store { get; }

    public Storage Storage { get; }

    public StoryLibrary Library { get; }

    /// <summary>The same stories, as another process has them.</summary>
    public StoryLibrary Others { get; }

    public StoryAutosave Autosave { get; private set; } = null!;

    public List<StoryAutosaveSaved> Saved { get; } = [];

    public List<StoryAutosaveFailed> Failed { get; } = [];

    public List<StoryAutosaveMerged> Merged { get; } = [];

    public List<StoryAutosaveState> States { get; } = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Story Lamp(string body = "dark\n", string end = "bye\n") =>
        Make.Story(Make.Passage("Start", body), Make.Passage("End", end)) with { Id = "lamp", Name = "Lamp" };

    /// <summary>Makes a bench with one story in the library, open.</summary>
    public static async Task<AutosaveBench> OpenAsync(Action<StoryAutosaveOptions, AutosaveBench>? configure = null)
    {
        var bench = new AutosaveBench();
        _ = await bench.Library.SaveAsync(Lamp(), null, Token);
        var options = new StoryAutosaveOptions { Clock = bench.Clock, Random = new NoChance() };
        configure?.Invoke(options, bench);
        bench.Autosave = new StoryAutosave(bench.Library, options);
        _ = bench.Autosave.OnSaved(bench.Saved.Add);
        _ = bench.Autosave.OnFailed(bench.Failed.Add);
        _ = bench.Autosave.OnMerged(bench.Merged.Add);
        _ = bench.Autosave.OnStateChanged(status =>
        {
            bench.States.Add(status.State);
            if (status.State != StoryAutosaveState.Saving)
            {
                _ = bench.ended.Release();
            }
        });
        _ = await bench.Autosave.OpenAsync("lamp", Token);
        return bench;
    }

    /// <summary>Waits until one more save has ended, well or not.</summary>
    public Task EndedAsync() => ended.WaitAsync(Token);

    public async Task<Story> StoredAsync(string id = "lamp") =>
        (await Others.LoadAsync(id, new StoryLoadOptions { IsFresh = true }, Token))!.Story;

    public StoryAutosaveState State => Autosave.Status("lamp")!.State;

    public void FailCommits(StoreErrorKind kind = StoreErrorKind.Unavailable) =>
        Store.BeforeCommit = () => throw new StoreException(kind, "The test says no.") { IsTransient = true };

    public async ValueTask DisposeAsync()
    {
        Store.BeforeCommit = null;
        await Autosave.DisposeAsync();
        await Storage.DisposeAsync();
        await memory.DisposeAsync();
        ended.Dispose();
    }

    /// <summary>Chance that never takes anything away.</summary>
    private sealed class NoChance : Random
    {
        public override double NextDouble() => 0;
    }
}
