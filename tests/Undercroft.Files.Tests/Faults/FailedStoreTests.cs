using Undercroft.Testing;

namespace Undercroft.Files.Tests.Faults;

/// <summary>A store that has failed leaves nobody waiting.</summary>
public sealed class FailedStoreTests
{
    private const string Root = "/data/store";

    private static readonly RecordKey Key = new("c", "value");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_commit_that_waits_for_room_is_refused_when_another_ones_sync_fails()
    {
        var files = new FaultFileSystem();
        files.CreateDirectory("/data");
        files.SyncAll("/");
        await using var store = await FileStore.OpenAsync(
            files,
            new FileStoreOptions
            {
                Directory = Root,
                JournalBytesMax = 64 * 1024,
                CacheBytesMax = 0,
                TreeDelay = TimeSpan.FromMinutes(1),
                RescanInterval = Timeout.InfiniteTimeSpan,
            },
            new ManualClock(),
            Cancel);
        await PutAsync(store, 10);
        _ = await store.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Compact }, Cancel);

        // The journal is full, and the tree does not get on.
        using var goesOn = new ManualResetEventSlim();
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        files.Calling = (what, path) =>
        {
            if (what == "write" && path.StartsWith($"{Root}/c/", StringComparison.Ordinal))
            {
                _ = stopped.TrySetResult();
                goesOn.Wait(Cancel);
            }
        };
        try
        {
            _ = await store.CommitAsync(
                new Commit(new PutOperation(new RecordKey("c", "large"), new byte[100_000])), Cancel);
            await stopped.Task.WaitAsync(Cancel);
            var waiting = PutAsync(store, 20);
            Assert.False(waiting.IsCompleted);

            // An edit made by hand goes ahead of it, and cannot be synced.
            files.Edit($"{Root}/c/value.json", "\"by hand\""u8.ToArray());
            (files.FailsKind, files.FailsAt, files.FailsWith) = ("fdatasync", 1, 5);
            _ = await Assert.ThrowsAsync<StoreException>(
                async () => await store.ReadAsync(Key, cancellationToken: Cancel));

            var refused = await Assert.ThrowsAsync<StoreException>(
                () => waiting.WaitAsync(TimeSpan.FromMinutes(1), Cancel));
            Assert.Contains("takes no more commits", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            goesOn.Set();
        }
    }

    private static async Task PutAsync(FileStore store, int number) => _ = await store.CommitAsync(
        new Commit(new PutOperation(Key, System.Text.Encoding.UTF8.GetBytes($"{number}"))), Cancel);
}
