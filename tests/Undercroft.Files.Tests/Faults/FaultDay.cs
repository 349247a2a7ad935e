using System.Globalization;
using System.Text;
using Undercroft.Testing;

namespace Undercroft.Files.Tests.Faults;

/// <summary>What is written, and what must be found of it.</summary>
/// <param name="commits">How many commits a day has.</param>
/// <param name="upkeepEvery">After how many of them the store is compacted.</param>
/// <param name="padding">What values are longer than a number.</param>
internal sealed class FaultDay(int commits = 14, int upkeepEvery = 6, int padding = 3000)
{
    public const string Root = "/data/store";

    /// <summary>For each commit, whether it was acknowledged, and at which level.</summary>
    private readonly List<(int Number, Durability Level)> acknowledged = [];

    private int next = 1;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public int Acknowledged => acknowledged.Count;

    /// <summary>The latest commit that is not lost by what loses all below a level; 0 where there is none.</summary>
    public int LastAt(Durability safe) => acknowledged.Where(one => one.Level >= safe)
        .Select(static one => one.Number).DefaultIfEmpty().Max();

    /// <summary>The day as it is so far: it goes on apart from this one.</summary>
    public FaultDay Copy()
    {
        var copy = new FaultDay(commits, upkeepEvery, padding) { next = next };
        copy.acknowledged.AddRange(acknowledged);
        return copy;
    }

    public async Task LiveAsync(FaultFileSystem files, FileStoreOptions options)
    {
        try
        {
            await using var store = await FileStore.OpenAsync(files, options, new ManualClock(), Cancel);
            for (var last = next + commits - 1; next <= last;)
            {
                var i = next++;
                var level = (i % 5) switch { 0 => Durability.Memory, 3 => Durability.Os, _ => Durability.Disk };
                try
                {
                    _ = await store.CommitAsync(CommitOf(i, level), Cancel);
                    acknowledged.Add((i, level));
                }
                catch (StoreException)
                {
                    // It may have happened or not; the check allows both.
                }

                if (i % upkeepEvery == 0)
                {
                    await MaintainAsync(store);
                }
            }
        }
        catch (StoreException)
        {
            // It did not open, or not close.
        }
    }

    /// <param name="files">The disk.</param>
    /// <param name="options">How to open the store.</param>
    /// <param name="safe">The level from which on nothing acknowledged may be lost.</param>
    /// <param name="what">What happened, for messages.</param>
    /// <param name="mayRefuse">Whether the disk has lied, so that a sentence is right too.</param>
    public async Task CheckAsync(
        FaultFileSystem files, FileStoreOptions options, Durability safe, string what, bool mayRefuse = false)
    {
        FileStore store;
        try
        {
            store = await FileStore.OpenAsync(files, options, new ManualClock(), Cancel);
        }
        catch (StoreException error)
        {
            Assert.True(mayRefuse, $"After {what} the store is not opened: {error}");
            Assert.Equal(StoreErrorKind.Corrupt, error.Kind);
            return;
        }

        await using (store)
        {
            var found = await FindAsync(store, what);
            var mustBeThere = LastAt(safe);

            // A first opening that was cut off may have left an index that cannot be told from a damaged one.
            Assert.True(
                mayRefuse || mustBeThere == 0 ||
                store.Notices.All(static notice => !notice.Contains("was lost", StringComparison.Ordinal)),
                $"After {what}: {string.Join(" ", store.Notices)}");
            Assert.True(
                found >= mustBeThere, $"After {what} commit {mustBeThere} was acknowledged; found is {found}.");
            var verify = new MaintenanceRequest { Kind = MaintenanceKind.Verify };
            var verified = await store.MaintainAsync(verify, Cancel);
            Assert.True(verified.Problems.Count == 0, $"After {what}: {string.Join(" ", verified.Problems)}");
            _ = await store.CommitAsync(
                new Commit(new PutOperation(new RecordKey("after", "all"), "1"u8.ToArray())), Cancel);
        }
    }

    private static async Task MaintainAsync(FileStore store)
    {
        try
        {
            _ = await store.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Compact }, Cancel);
        }
        catch (StoreException)
        {
            // Compactions may fail as commits may.
        }
    }

    // Each commit writes the same number into two shared records and one of its own, deletes those of its own
    // before, and turns one record from JSON to bytes or back.
    private Commit CommitOf(int i, Durability level)
    {
        var text = Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture) + new string(' ', padding));
        StoreOperation[] writes =
        [
            new PutOperation(new RecordKey("shared", "left"), text),
            new PutOperation(new RecordKey("shared", "Right"), text),
            new PutOperation(new RecordKey("own", $"n{i}"), text),
            new PutOperation(
                new RecordKey("own", "turning"), i % 2 == 0 ? [(byte)i] : Encoding.UTF8.GetBytes($"{i}")),
            new AddOperation(new RecordKey("own", "count"), 1),
        ];
        var deletes = Enumerable.Range(1, i - 1)
            .Select(static j => new DeleteOperation(new RecordKey("own", $"n{j}")));
        return new Commit([.. writes, .. deletes]) { Durability = level };
    }

    private async Task<int> FindAsync(FileStore store, string what)
    {
        var left = await ReadAsync(store, "shared", "left");
        if (left is null)
        {
            var rest = (await store.ScanAsync(new ScanRequest { Collection = "own" }, Cancel)).Items;
            Assert.True(
                rest.Count == 0,
                $"After {what}: {string.Join(", ", rest.Select(static item => item.Record.Key.Id))} and no more.");
            return 0;
        }

        var number = int.Parse(Encoding.UTF8.GetString(left.Value.Span).Trim(), CultureInfo.InvariantCulture);
        var expected = CommitOf(number, Durability.Disk).Operations.OfType<PutOperation>();
        foreach (var put in expected)
        {
            var one = await ReadAsync(store, put.Key.Collection, put.Key.Id);
            Assert.True(
                one is not null && one.Value.Span.SequenceEqual(put.Value.Span),
                $"After {what}: {put.Key} at {number} is {one?.Revision} by {one?.Origin}. " +
                string.Join(" ", store.Notices));
        }

        var own = (await store.ScanAsync(new ScanRequest { Collection = "own" }, Cancel)).Items;
        Assert.True(
            own.Count == 3,
            $"After {what}: {string.Join(", ", own.Select(static item => item.Record.Key.Id))} at {number}.");
        return number;
    }

    private static async Task<StoreRecord?> ReadAsync(FileStore store, string collection, string id) =>
        (await store.ReadAsync(new RecordKey(collection, id), cancellationToken: Cancel))[0];

    // With a long delay the tree is brought up only where the journal is half full, and at the end.
    public static FileStoreOptions Options(int treeDelay = 0) => new()
    {
        Directory = Root,
        TreeDelay = TimeSpan.FromMilliseconds(treeDelay),
        JournalBytesMax = 64 * 1024,
        RescanInterval = Timeout.InfiniteTimeSpan,
    };

    /// <summary>The tree is brought up only where the day says so, and at its end: every run is the same.</summary>
    public static FileStoreOptions StillOptions() => new()
    {
        Directory = Root,
        TreeDelay = TimeSpan.FromDays(1),
        RescanInterval = Timeout.InfiniteTimeSpan,
    };

    public static FaultFileSystem NewDisk(bool canSyncAll = true, bool canExchange = true)
    {
        var files = new FaultFileSystem { CanSyncAll = canSyncAll, CanExchange = canExchange };
        files.CreateDirectory("/data");
        files.SyncAll("/");
        files.Restart();
        return files;
    }

    public static async Task<long> CountCallsAsync(int treeDelay)
    {
        var files = NewDisk();
        var day = new FaultDay();
        await day.LiveAsync(files, Options(treeDelay));
        Assert.Equal(14, day.Acknowledged);
        return files.Calls;
    }
}
