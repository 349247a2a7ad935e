namespace Undercroft.Files.Tests.Faults;

/// <summary>A store that has failed leaves nobody waiting.</summary>
public sealed class FailedStoreTests
{
    private const string Root = FaultDay.Root;

    private static readonly RecordKey Key = new("c", "value");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_commit_that_waits_for_room_is_refused_when_another_ones_sync_fails()
    {
        var files = FaultDay.NewDisk();
        await using var store = await FaultStore.OpenAsync(files, static options =>
        {
            options.JournalBytesMax = 64 * 1024;
            options.CacheBytesMax = 0;
        });
        await FaultStore.PutAsync(store, Key, "10");
        await FaultStore.FlushAsync(store);

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
            var waiting = FaultStore.PutAsync(store, Key, "20");
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
}
