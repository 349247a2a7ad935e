using System.Diagnostics;
using System.Text;
using Undercroft.Files.Tests.Faults;
using Undercroft.Testing;
using static Undercroft.Files.Tests.StoreFolder;

namespace Undercroft.Files.Tests;

/// <summary>What is not a plain file of the store's is never followed, never waited for and never thrown away; and is
/// told in a sentence.</summary>
public sealed class StrangeFileTests : IAsyncLifetime
{
    private readonly StoreFolder folder = new();
    private readonly TempFolder elsewhere = new();

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync()
    {
        elsewhere.Dispose();
        return folder.DisposeAsync();
    }

    [Fact]
    public async Task A_collection_whose_folder_is_a_link_is_not_written_through_it()
    {
        var outside = elsewhere.NewPath();
        _ = Directory.CreateDirectory(outside);
        await File.WriteAllTextAsync(Path.Combine(outside, "b.json"), "\"outside\"", Cancel);
        await using var store = await folder.OpenAsync();
        _ = Directory.CreateSymbolicLink(folder.PathOf("stories"), outside);

        _ = await PutAsync(store, "a", "1");
        var report = await store.RescanAsync(cancellationToken: Cancel);
        var error = await Assert.ThrowsAsync<StoreException>(() => FlushAsync(store));

        Assert.Contains("is a link", Assert.Single(report.LeftAlone), StringComparison.Ordinal);
        const string Advice = "where the folder of a collection has to be. Move it away.";
        Assert.EndsWith(Advice, error.Message, StringComparison.Ordinal);
        Assert.Equal(["b.json"], Directory.GetFiles(outside).Select(static path => Path.GetFileName(path)));
        Assert.Null(await ReadAsync(store, "b"));
        Directory.Delete(folder.PathOf("stories"));
        _ = await FlushAsync(store);
        Assert.Equal(["a.json"], folder.FilesOf("stories"));
    }

    [Fact]
    public async Task A_file_that_is_a_link_is_neither_read_nor_written_through()
    {
        var outside = elsewhere.NewPath();
        await File.WriteAllTextAsync(outside, "\"outside\"", Cancel);
        await using var store = await folder.OpenAsync(static options => options.CacheBytesMax = 0);
        _ = await PutAsync(store, "a", "1");
        _ = await FlushAsync(store);
        File.Delete(folder.PathOf("stories", "a.json"));
        _ = File.CreateSymbolicLink(folder.PathOf("stories", "a.json"), outside);
        _ = File.CreateSymbolicLink(folder.PathOf("stories", "b.json"), outside);

        var report = await store.RescanAsync(cancellationToken: Cancel);
        var error = await Assert.ThrowsAsync<StoreException>(() => ReadAsync(store, "a"));
        _ = await PutAsync(store, "a", "2");
        _ = await FlushAsync(store);

        Assert.Equal((0, 0, 0, 2), (report.Edited, report.Added, report.Deleted, report.LeftAlone.Count));
        Assert.Contains("a.json' is a link", error.Message, StringComparison.Ordinal);
        Assert.Equal("2", Text(await ReadAsync(store, "a")));
        Assert.Equal("\"outside\"", await File.ReadAllTextAsync(outside, Cancel));
        Assert.Null(await ReadAsync(store, "b"));
        Assert.Contains("quarantine", Assert.Single(store.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_in_the_tree_is_not_waited_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Pipes with names are made here on Linux only.");
        await using var store = await folder.OpenAsync(static options => options.CacheBytesMax = 0);
        _ = await PutAsync(store, "a", "1");
        _ = await FlushAsync(store);
        File.Delete(folder.PathOf("stories", "a.json"));
        await RunAsync("mkfifo", folder.PathOf("stories", "a.json"), folder.PathOf("stories", "new.json"));

        var report = await store.RescanAsync(cancellationToken: Cancel);
        _ = await Assert.ThrowsAsync<StoreException>(() => ReadAsync(store, "a"));
        _ = await PutAsync(store, "a", "2");
        _ = await PutAsync(store, "new", "3");
        _ = await FlushAsync(store);

        Assert.Equal(2, report.LeftAlone.Count);
        Assert.Equal(("2", "3"), (Text(await ReadAsync(store, "a")), Text(await ReadAsync(store, "new"))));
        Assert.Equal(2, Directory.GetFiles(folder.PathOf(".undercroft", "quarantine")).Length);
    }

    [Fact]
    public async Task A_folder_in_the_place_of_a_file_is_moved_aside_with_what_it_holds()
    {
        await using var store = await folder.OpenAsync();
        folder.Edit("mine", "stories", "a.json", "inside.txt");

        _ = await PutAsync(store, "a", "1");
        _ = await FlushAsync(store);

        Assert.Equal("1", await File.ReadAllTextAsync(folder.PathOf("stories", "a.json"), Cancel));
        var aside = Assert.Single(Directory.GetDirectories(folder.PathOf(".undercroft", "quarantine")));
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(aside, "inside.txt"), Cancel));
        Assert.Contains("cannot be a value", Assert.Single(store.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_too_large_to_be_a_value_is_told_and_moved_aside_only_where_it_is_in_the_way()
    {
        await using var store = await folder.OpenAsync(
            static options => options.Limits = new StoreLimits { ValueBytesMax = 1_000 });
        _ = await PutAsync(store, "a", "1");
        _ = await FlushAsync(store);
        folder.Edit(new string('x', 1_001), "stories", "a.json");

        var report = await store.RescanAsync(cancellationToken: Cancel);
        Assert.Equal(0, report.Edited);
        Assert.Contains("1001 bytes", Assert.Single(store.Notices), StringComparison.Ordinal);
        Assert.Equal(1_001, new FileInfo(folder.PathOf("stories", "a.json")).Length);

        _ = await PutAsync(store, "a", "2");
        _ = await FlushAsync(store);
        Assert.Equal("2", Text(await ReadAsync(store, "a")));
        var aside = Assert.Single(Directory.GetFiles(folder.PathOf(".undercroft", "quarantine")));
        Assert.Equal(1_001, new FileInfo(aside).Length);
    }

    [Theory]
    [InlineData("\uFEFF{\"a\":1}", true)]
    [InlineData("{\r\n  \"a\": 1\r\n}\r\n", false)]
    [InlineData("{\"a\":1", true)]
    [InlineData("", true)]
    public async Task An_edited_file_is_taken_byte_for_byte_and_what_is_no_JSON_is_told(string text, bool isTold)
    {
        await using var store = await folder.OpenAsync();
        _ = await PutAsync(store, "a", "1");
        _ = await FlushAsync(store);
        folder.Edit(text, "stories", "a.json");

        _ = await FlushAsync(store);

        Assert.Equal(text, Text(await ReadAsync(store, "a")));
        var held = await File.ReadAllBytesAsync(folder.PathOf("stories", "a.json"), Cancel);
        Assert.Equal(Encoding.UTF8.GetBytes(text), held);
        Assert.Equal(isTold, store.Notices.Any(static notice => notice.Contains("no JSON", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("head")]
    [InlineData("lock")]
    [InlineData("holder")]
    [InlineData("index-00000001")]
    [InlineData("tmp")]
    [InlineData("quarantine")]
    [InlineData("")]
    public async Task A_store_with_a_link_among_its_own_files_is_not_opened(string name)
    {
        await using (var store = await folder.OpenAsync())
        {
            _ = await PutAsync(store, "a", "1");
        }

        var path = Path.Combine(folder.PathOf(".undercroft"), name).TrimEnd(Path.DirectorySeparatorChar);
        var moved = elsewhere.NewPath();
        if (Path.Exists(path))
        {
            Directory.Move(path, moved);
        }

        _ = File.CreateSymbolicLink(path, moved);
        var error = await Assert.ThrowsAsync<StoreException>(() => folder.OpenAsync());

        Assert.Contains("is a link", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Move it away.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_behind_a_link_is_a_store()
    {
        await using (var store = await folder.OpenAsync())
        {
            _ = await PutAsync(store, "a", "1");
        }

        var link = elsewhere.NewPath();
        _ = Directory.CreateSymbolicLink(link, folder.Root);
        await using var linked = await FileStore.OpenAsync(
            new FileStoreOptions { Directory = link }, folder.Clock, Cancel);

        Assert.Equal("1", Text(await ReadAsync(linked, "a")));
    }

    [Fact]
    public async Task A_copy_of_a_store_that_is_open_opens_beside_it_lock_and_all()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows copies no file that is locked.");
        await using var store = await folder.OpenAsync(static options => options.TreeDelay = TimeSpan.FromMinutes(1));
        _ = await PutAsync(store, "a", "1");
        _ = await FlushAsync(store);
        _ = await PutAsync(store, "b", "2");
        var copy = elsewhere.NewPath();
        await RunAsync("cp", "-r", folder.Root, copy);

        await using var copied = await FileStore.OpenAsync(
            new FileStoreOptions { Directory = copy }, folder.Clock, Cancel);

        Assert.Equal(("1", "2"), (Text(await ReadAsync(copied, "a")), Text(await ReadAsync(copied, "b"))));
        Assert.Equal(new Revision(2), (await ReadAsync(copied, "b"))!.Revision);
        _ = await PutAsync(store, "c", "3");
        Assert.Null(await ReadAsync(copied, "c"));
    }

    [Fact]
    public async Task A_backup_into_the_store_itself_is_refused()
    {
        await using var store = await folder.OpenAsync();
        var backup = new MaintenanceRequest { Kind = MaintenanceKind.Backup, Target = folder.PathOf("backup") };

        var error = await Assert.ThrowsAsync<StoreException>(async () => await store.MaintainAsync(backup, Cancel));

        Assert.Contains("in the folder of the store itself", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.PathOf("backup")));
    }

    [Fact]
    public async Task An_edit_of_equal_length_right_after_the_write_is_noticed()
    {
        await using var store = await folder.OpenAsync();
        for (var i = 0; i < 100; i++)
        {
            _ = await PutAsync(store, "a", $"\"written {i % 10}\"");
            await store.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Compact }, Cancel);
            var edit = $"\"by hand {i % 10}\"";
            await using (var file = new FileStream(folder.PathOf("stories", "a.json"), FileMode.Open))
            {
                file.Write(Encoding.UTF8.GetBytes(edit));
            }

            var report = await store.RescanAsync(cancellationToken: Cancel);

            Assert.Equal((i, 1), (i, report.Edited));
            Assert.Equal(edit, Text(await ReadAsync(store, "a")));
        }
    }

    [Theory]
    [InlineData(30, "lock", StoreErrorKind.ReadOnly, "cannot be written")]
    [InlineData(5, "lock", StoreErrorKind.Unavailable, "has failed")]
    [InlineData(28, "write", StoreErrorKind.Full, "no room")]
    [InlineData(30, "write", StoreErrorKind.ReadOnly, "open the store with ReadOnly")]
    public async Task A_folder_that_cannot_be_written_is_refused_for_what_it_is(
        int error, string call, StoreErrorKind kind, string text)
    {
        var files = FaultDay.NewDisk();
        (files.FailsAt, files.FailsOn, files.FailsWith, files.FailsKind) = (1, true, error, call);

        var failure = await Assert.ThrowsAsync<StoreException>(async () =>
            await FileStore.OpenAsync(files, FaultDay.Options(), new ManualClock(), Cancel));

        Assert.Equal(kind, failure.Kind);
        Assert.Contains(text, failure.Message, StringComparison.Ordinal);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync(Cancel);
        Assert.Equal(0, process.ExitCode);
    }
}
