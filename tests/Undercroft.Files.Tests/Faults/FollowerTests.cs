namespace Undercroft.Files.Tests.Faults;

/// <summary>A reader opens a store while its writer makes a checkpoint.</summary>
public sealed class FollowerTests
{
    private const string Root = FaultDay.Root;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_commit_between_a_new_segment_and_the_end_of_the_old_one_is_not_missed()
    {
        var files = FaultDay.NewDisk();
        await using var store = await FaultStore.OpenAsync(files);
        await PutAsync(store, "before");

        // The next segment is there, and the writer has not gone over to it yet.
        string? next = null;
        var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var goesOn = new ManualResetEventSlim();
        files.Calling = (what, path) =>
        {
            var isSegment = path.StartsWith($"{Root}/.undercroft/journal-", StringComparison.Ordinal);
            if (next is null && what == "open" && isSegment)
            {
                next = path;
            }
            else if (next is not null && what == "fsync of directory" && made.TrySetResult())
            {
                goesOn.Wait(Cancel);
            }
        };
        var compacting = new MaintenanceRequest { Kind = MaintenanceKind.Compact };
        var checkpoint = store.MaintainAsync(compacting, Cancel).AsTask();
        try
        {
            await made.Task.WaitAsync(Cancel);

            // A reader has read the old one, and is about to read the next.
            Task? between = null;
            files.Calling = (what, path) =>
            {
                if (between is null && what == "open" && path == next)
                {
                    between = PutAsync(store, "between");
                    between.Wait(Cancel);
                }
            };
            await using var reader = await FaultStore.OpenAsync(files, static options => options.ReadOnly = true);
            Assert.NotNull(between);
            var cursor = (await reader.ChangesAsync(new ChangesRequest(), Cancel)).Next;
            goesOn.Set();
            _ = await checkpoint;

            await PutAsync(store, "after");
            var seen = new List<string>();
            while (!seen.Contains("after"))
            {
                await reader.WaitAsync(cursor, Cancel).AsTask().WaitAsync(TimeSpan.FromMinutes(1), Cancel);
                var page = await reader.ChangesAsync(new ChangesRequest { After = cursor }, Cancel);
                seen.AddRange(page.Changes.Select(static change => change.Key.Id));
                cursor = page.Next;
            }

            Assert.NotNull((await reader.ReadAsync(new RecordKey("c", "between"), cancellationToken: Cancel))[0]);
        }
        finally
        {
            goesOn.Set();
        }
    }

    private static Task PutAsync(FileStore store, string id) =>
        FaultStore.PutAsync(store, new RecordKey("c", id), $"\"{id}\"");
}
