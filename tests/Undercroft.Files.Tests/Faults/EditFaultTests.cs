using System.Text;

namespace Undercroft.Files.Tests.Faults;

/// <summary>A file saved by hand at every single moment of a commit's way into it, with a kill at any moment after:
/// the edit is the record's value in the end, or lies in quarantine and is told; and nothing else is lost.</summary>
public sealed class EditFaultTests
{
    private const string Root = FaultDay.Root;
    private const string Target = $"{Root}/c/value.json";

    private static readonly RecordKey Key = new("c", "value");
    private static readonly RecordKey Other = new("c", "other");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("replace", true)]
    [InlineData("in place", true)]
    [InlineData("delete", true)]
    [InlineData("replace", false)]
    public async Task An_edit_at_any_moment_of_a_write_is_never_lost(string way, bool isPut)
    {
        var calls = await LiveAsync(NewDisk(), isPut, null);
        for (var at = 1; at <= calls; at++)
        {
            var files = NewDisk();
            var edit = new Edit(files, at, way);
            _ = await LiveAsync(files, isPut, edit);

            await CheckAsync(files, edit, $"an edit at call {at}");
        }
    }

    [Theory]
    [InlineData("replace", true)]
    [InlineData("replace", false)]
    public async Task An_edit_at_any_moment_of_a_write_outlives_a_kill_at_any_later_one(string way, bool isPut)
    {
        var calls = await LiveAsync(NewDisk(), isPut, null);
        for (var at = 1; at <= calls; at++)
        {
            for (var kill = at + 1; kill <= Math.Min(at + 12, calls); kill++)
            {
                var files = NewDisk();
                var edit = new Edit(files, at, way);
                _ = await LiveAsync(files, isPut, edit, kill);
                files.Restart();

                await CheckAsync(files, edit, $"an edit at call {at}, a kill at call {kill}");
            }
        }
    }

    [Fact]
    public async Task Without_a_way_to_swap_files_an_edit_is_lost_only_in_the_moment_of_the_rename()
    {
        var disk = new FaultFileSystem { CanExchange = false };
        var calls = await LiveAsync(NewDisk(disk), isPut: true, null);
        var lost = 0;
        for (var at = 1; at <= calls; at++)
        {
            var files = NewDisk(new FaultFileSystem { CanExchange = false });
            var edit = new Edit(files, at, "replace");
            _ = await LiveAsync(files, isPut: true, edit);
            await using var store = await FaultStore.OpenAsync(files);
            lost += edit.IsDone && Text(await ReadAsync(store, Key)) != "\"by hand\"" ? 1 : 0;
        }

        Assert.InRange(lost, 1, 3);
    }

    [Fact]
    public async Task An_edit_of_equal_length_within_one_tick_of_the_clock_is_noticed()
    {
        var files = NewDisk(new FaultFileSystem(new FaultDisk { Tick = 1_000_000_000 }));
        await using var store = await FaultStore.OpenAsync(files);
        await FaultStore.PutAsync(store, Key, "\"written\"");
        await FaultStore.FlushAsync(store);

        files.EditInPlace(Target, "\"by hand\""u8.ToArray());
        await FaultStore.FlushAsync(store);
        Assert.Equal("\"by hand\"", Text(await ReadAsync(store, Key)));

        files.EditInPlace(Target, "\"hand by\""u8.ToArray());
        await FaultStore.FlushAsync(store);
        Assert.Equal("\"hand by\"", Text(await ReadAsync(store, Key)));
    }

    // The calls are counted from the first write to the journal after the file was there.
    private static async Task<long> LiveAsync(FaultFileSystem files, bool isPut, Edit? edit, int kill = 0)
    {
        var before = 0L;
        try
        {
            var store = await FaultStore.OpenAsync(files);
            await using (store)
            {
                await FaultStore.PutAsync(store, Key, "\"initial\"");
                await FaultStore.PutAsync(store, Other, "\"initial\"");
                await FaultStore.FlushAsync(store);
                before = files.Calls;
                files.EndsAt = kill > 0 ? before + kill : 0;
                files.Calling = edit is null ? null : edit.Take;
                StoreOperation change = isPut
                    ? new PutOperation(Key, "\"changed\""u8.ToArray())
                    : new DeleteOperation(Key);
                _ = await store.CommitAsync(
                    new Commit(change, new PutOperation(Other, "\"changed\""u8.ToArray())), Cancel);
                await FaultStore.FlushAsync(store);
            }
        }
        catch (StoreException)
        {
            // The end came.
        }

        files.Calling = null;
        return files.Calls - before;
    }

    private static async Task CheckAsync(FaultFileSystem files, Edit edit, string what)
    {
        await using var store = await FaultStore.OpenAsync(files);
        var found = await ReadAsync(store, Key);
        var text = found is null ? null : Text(found);
        var aside = files.Files().Where(static path => path.Contains("quarantine", StringComparison.Ordinal)).ToList();
        if (edit.Way == "delete")
        {
            // A deletion while a commit is on its way to the file is undone by it, or comes after it.
            Assert.True(text is null or "\"changed\"" or "\"initial\"", $"After {what}: {text}.");
        }
        else if (edit.IsDone)
        {
            var isAside = aside.Exists(path => files.Peek(path)!.AsSpan().SequenceEqual("\"by hand\""u8));
            Assert.True(
                text == "\"by hand\"" || (isAside && store.Notices.Count > 0),
                $"After {what}: {text ?? "nothing"}, {string.Join(' ', store.Notices)}");
        }

        var other = Text(await ReadAsync(store, Other));
        Assert.True(other is "\"changed\"" or "\"initial\"", $"After {what}: {other}.");
        var verified = await store.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Verify }, Cancel);
        Assert.True(verified.Problems.Count == 0, $"After {what}: {string.Join(" ", verified.Problems)}");
    }

    private static FaultFileSystem NewDisk(FaultFileSystem? files = null)
    {
        files ??= new FaultFileSystem();
        files.CreateDirectory("/data");
        files.SyncAll("/");
        files.Restart();
        return files;
    }

    private static async Task<StoreRecord?> ReadAsync(FileStore store, RecordKey key) =>
        (await store.ReadAsync(key, cancellationToken: Cancel))[0];

    private static string Text(StoreRecord? record) => Encoding.UTF8.GetString(record!.Value.Span);

    /// <summary>One edit by hand, at one moment.</summary>
    private sealed class Edit(FaultFileSystem files, long at, string way)
    {
        private bool isBegun;
        private long calls;

        public string Way => way;

        public bool IsDone { get; private set; }

        public void Take(string what, string path)
        {
            isBegun |= what == "write" && path.StartsWith($"{Root}/.undercroft/journal", StringComparison.Ordinal);
            if (!isBegun || ++calls != at)
            {
                return;
            }

            IsDone = files.Peek(Target) is not null;
            if (way == "in place")
            {
                files.EditInPlace(Target, "\"by hand\""u8.ToArray());
            }
            else
            {
                files.Edit(Target, way == "delete" ? null : "\"by hand\""u8.ToArray());
            }
        }
    }
}
