using Undercroft.Sqlite.Native;
using Undercroft.Sqlite.Tests.Faults;

namespace Undercroft.Sqlite.Tests;

/// <summary>A kill of the process cannot tell <c>Os</c> from <c>Disk</c>: here the syncs themselves are watched.
/// </summary>
public sealed class DurabilityTests : StoreTests
{
    [Fact]
    public async Task Nothing_is_acknowledged_at_Disk_without_a_completed_sync_after_its_bytes()
    {
        var vfs = WatchedVfs.Register();
        var store = await OpenAsync(options => (options.Vfs, options.LogPagesMax) = (vfs.Name, 64));
        var late = new List<string>();

        await Task.WhenAll(Enumerable.Range(0, 16).Select(producer => Task.Run(
            async () =>
            {
                for (var i = 0; i < 40; i++)
                {
                    var mark = $"<{producer}-{i}>";
                    vfs.Expect(mark);
                    _ = await store.CommitAsync(
                        new Commit(Put($"{producer}/{i}", mark)) { Durability = Durability.Disk }, Cancel);
                    if (!vfs.IsSynced(mark))
                    {
                        lock (late)
                        {
                            late.Add(mark);
                        }
                    }
                }
            },
            Cancel)));

        Assert.Empty(late);
    }

    [Theory]
    [InlineData(Durability.Memory)]
    [InlineData(Durability.Os)]
    public async Task Below_Disk_a_commit_costs_no_sync(Durability level)
    {
        var vfs = WatchedVfs.Register();
        var store = await OpenAsync(options => options.Vfs = vfs.Name);
        _ = await WriteAsync(store, Put("first"));
        var before = vfs.Syncs;
        vfs.Expect("<mark>");

        _ = await store.CommitAsync(new Commit(Put("a", "<mark>")) { Durability = level }, Cancel);

        Assert.False(vfs.IsSynced("<mark>"));
        Assert.Equal(before, vfs.Syncs);
    }

    [Fact]
    public async Task A_Disk_commit_syncs_the_weaker_ones_before_it()
    {
        var vfs = WatchedVfs.Register();
        var store = await OpenAsync(options => options.Vfs = vfs.Name);
        vfs.Expect("<mark>");

        _ = await store.CommitAsync(new Commit(Put("a", "<mark>")) { Durability = Durability.Os }, Cancel);
        _ = await store.CommitAsync(new Commit(Put("b")) { Durability = Durability.Disk }, Cancel);

        Assert.True(vfs.IsSynced("<mark>"));
    }

    [Fact]
    public async Task A_full_disk_refuses_the_commit_and_later_ones_go_on()
    {
        var vfs = WatchedVfs.Register();
        var store = await OpenAsync(options => options.Vfs = vfs.Name);
        _ = await WriteAsync(store, Put("a", "kept"));

        vfs.WriteFault = SqliteCode.Full;
        var error = await Assert.ThrowsAsync<StoreException>(() => WriteAsync(store, Put("a", "lost"), Put("b")));
        vfs.WriteFault = 0;

        Assert.Equal((StoreErrorKind.Full, "sqlite", false), (error.Kind, error.Backend, error.IsTransient));
        Assert.Contains(DatabasePath, error.Message, StringComparison.Ordinal);
        Assert.Equal(("kept", null), (await TextAsync(store, "a"), await TextAsync(store, "b")));
        _ = await WriteAsync(store, Put("b", "later"));
        Assert.Equal("later", await TextAsync(store, "b"));
    }

    [Fact]
    public async Task After_a_failed_sync_no_commit_is_acknowledged_until_the_store_is_opened_again()
    {
        var vfs = WatchedVfs.Register();
        var store = await OpenAsync(options => options.Vfs = vfs.Name);
        _ = await WriteAsync(store, Put("a", "kept"));

        vfs.SyncFault = SqliteCode.IoErrorSync;
        _ = await Assert.ThrowsAsync<StoreException>(() => WriteAsync(store, Put("a", "unsure")));
        vfs.SyncFault = 0;
        var error = await Assert.ThrowsAsync<StoreException>(() => WriteAsync(store, Put("b")));

        Assert.Equal((StoreErrorKind.Unavailable, false), (error.Kind, error.IsTransient));
        Assert.Contains("open the store again", error.Message, StringComparison.Ordinal);
        Assert.Equal("kept", await TextAsync(store, "a"));
        await store.DisposeAsync();
        _ = await WriteAsync(await OpenAsync(), Put("b"));
    }
}
