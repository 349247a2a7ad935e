using System.Diagnostics;
using Undercroft.Testing;

namespace Undercroft.Conformance.Crash;

/// <summary>Kills a process that writes, again and again, and looks at what is left: every commit acknowledged at a
/// level that outlives the process is found whole, and no other is found half. Derive one class for each durable
/// backend.</summary>
/// <remarks>The child is a program of yours that opens your backend and gives it to <see cref="CrashWriter"/>.
/// </remarks>
public abstract class CrashConformance : IAsyncLifetime
{
    /// <summary>How often the child is killed.</summary>
    protected const int KillsDefault = 200;

    // Most of a kill is the start of a child: a soak has more of them, and not as many as it has random steps.
    private const int SoakMax = 5;

    /// <summary>The backend's name, for the report.</summary>
    protected abstract string Backend { get; }

    /// <summary>Whether the feed brings commits in the order of their revisions. The default is yes.</summary>
    protected virtual bool OrdersFeedByRevision => true;

    /// <summary>How often to kill. The default is 200, and five times as often in a soak.</summary>
    protected virtual int Kills => KillsDefault * Math.Min(TestSeed.Length, SoakMax);

    /// <summary>The command that starts the child. It opens the same data as <see cref="OpenAsync"/>, once it was given
    /// the word. Called once for each kill.</summary>
    protected abstract ProcessStartInfo NewChild();

    /// <summary>Opens the store, empty the first time, and afterwards with what is left of it.</summary>
    protected abstract ValueTask<IStore> OpenAsync();

    /// <summary>Removes what the test has left behind.</summary>
    protected virtual ValueTask CleanUpAsync() => default;

    /// <summary>Does nothing: the store is opened by the test.</summary>
    public ValueTask InitializeAsync() => default;

    /// <summary>Cleans up.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await CleanUpAsync();
    }

    [Fact]
    public virtual async Task What_was_acknowledged_outlives_a_kill_and_nothing_is_left_half()
    {
        var (seed, tally) = (TestSeed.Take(), new CrashTally());
        var random = seed.ToRandom();
        try
        {
            await RunAsync(random, tally);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"After {tally}. {seed} {error.Message}", error);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"note: {Backend}: {tally}");
        Assert.Equal((Kills, 0L), (tally.Kills, tally.Lost));
        Assert.True(tally.MidCommit > 0, $"No kill came in mid-commit, so nothing is proven. {seed}");
    }

    private async Task RunAsync(Random random, CrashTally tally)
    {
        var cancel = TestContext.Current.CancellationToken;
        var (numbers, cursor) = await CheckAsync(null, new long[CrashLayout.Producers], FeedCursor.Beginning, tally);
        var child = CrashChild.Start(NewChild());
        try
        {
            while (tally.Kills < Kills)
            {
                await child.LetGoAsync(NewGuid(random), cancel);
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(30, 150)), TimeProvider.System, cancel);
                await child.KillAsync(cancel);
                var ledger = child.Ledger;
                tally.Kills++;
                tally.MidCommit += ledger.InFlight > 0 ? 1 : 0;

                // The next child starts up while this one's work is looked at.
                child.Dispose();
                child = CrashChild.Start(NewChild());
                (numbers, cursor) = await CheckAsync(ledger, numbers, cursor, tally);
            }
        }
        finally
        {
            child.Dispose();
        }
    }

    private async Task<(long[] Numbers, FeedCursor Cursor)> CheckAsync(
        CrashLedger? ledger, long[] numbers, FeedCursor cursor, CrashTally tally)
    {
        await using var store = await OpenAsync();
        var check = new CrashCheck(store, tally, OrdersFeedByRevision, TestContext.Current.CancellationToken);
        return await check.RunAsync(ledger, numbers, cursor);
    }

    private static Guid NewGuid(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
