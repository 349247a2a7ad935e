using System.Text;
using Undercroft.Sqlite.Schema;

namespace Undercroft.Sqlite.Tests;

/// <summary>What is no store of ours is refused in one sentence and left as it is.</summary>
public sealed class FileTests : StoreTests
{
    [Fact]
    public async Task A_text_file_is_refused_and_left_as_it_is()
    {
        await RefusesAsync(Encoding.UTF8.GetBytes(new string('x', 5000)), StoreErrorKind.Corrupt);
    }

    [Fact]
    public async Task Random_bytes_behind_a_good_header_are_refused_and_left_as_they_are()
    {
        var bytes = new byte[8192];
        new Random(7).NextBytes(bytes);
        "SQLite format 3\0"u8.CopyTo(bytes);

        await RefusesAsync(bytes, StoreErrorKind.Corrupt);
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("WAL")]
    public async Task A_database_of_something_else_is_refused_and_left_as_it_is(string mode)
    {
        _ = Raw($"PRAGMA journal_mode = {mode}");
        _ = Raw("CREATE TABLE mine (x)");

        await RefusesAsync(await File.ReadAllBytesAsync(DatabasePath, Cancel), StoreErrorKind.Corrupt);

        Assert.Equal([DatabasePath], Directory.GetFiles(Path.GetDirectoryName(DatabasePath)!));
    }

    [Fact]
    public async Task A_newer_version_is_refused_and_left_as_it_is()
    {
        await (await OpenAsync()).DisposeAsync();
        _ = Raw($"PRAGMA user_version = {SqliteSchema.Version + 1}");

        var error = await RefusesAsync(await File.ReadAllBytesAsync(DatabasePath, Cancel), StoreErrorKind.Unsupported);

        Assert.Contains($"tables have version {SqliteSchema.Version + 1}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_without_its_tables_is_refused()
    {
        _ = Raw($"PRAGMA application_id = {SqliteSchema.ApplicationId}");
        _ = Raw("PRAGMA user_version = 1");
        _ = Raw("CREATE TABLE something (x)");

        var error = await Assert.ThrowsAsync<StoreException>(() => OpenAsync());

        Assert.Equal(StoreErrorKind.Corrupt, error.Kind);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(100)]
    [InlineData(4096)]
    [InlineData(20_000)]
    public async Task A_store_cut_off_is_an_error_and_never_anything_else(int length)
    {
        var store = await OpenAsync();
        for (var i = 0; i < 50; i++)
        {
            _ = await WriteAsync(store, Put($"id{i}", new string('x', 1000), Entry($"k{i}")));
        }

        await store.DisposeAsync();
        await using (var file = File.OpenWrite(DatabasePath))
        {
            file.SetLength(length);
        }

        var error = await Record.ExceptionAsync(async () =>
        {
            var cut = await OpenAsync();
            for (var i = 0; i < 50; i++)
            {
                _ = await TextAsync(cut, $"id{i}");
            }
        });

        Assert.Equal(StoreErrorKind.Corrupt, Assert.IsType<StoreException>(error).Kind);
    }

    [Fact]
    public async Task An_empty_file_becomes_a_store()
    {
        await File.WriteAllBytesAsync(DatabasePath, [], Cancel);

        var store = await OpenAsync();

        _ = await WriteAsync(store, Put("a"));
    }

    [Fact]
    public async Task A_new_file_has_the_page_it_was_asked_for_and_keeps_it()
    {
        var store = await OpenAsync(static options => options.PageBytes = 16_384);
        _ = await WriteAsync(store, Put("a", new string('x', 40_000)));
        await store.DisposeAsync();
        Assert.Equal(16_384, Raw("PRAGMA page_size"));

        await using var again = await OpenAsync();
        _ = await WriteAsync(again, Put("b", new string('y', 40_000)));

        Assert.Equal(16_384, Raw("PRAGMA page_size"));
        Assert.Equal(new string('x', 40_000), await TextAsync(again, "a"));
        Assert.Equal(new string('y', 40_000), await TextAsync(again, "b"));
    }

    [Fact]
    public async Task A_file_read_through_a_map_shows_what_was_written_behind_it_and_what_others_took_away()
    {
        // The map is smaller than the file soon is.
        var store = await OpenAsync(static options => options.MapBytes = 200_000);
        var other = await OpenAsync();
        for (var i = 0; i < 20; i++)
        {
            _ = await WriteAsync(store, Put("a", new string('x', 40_000 + i)), Put($"b{i}", new string('y', 40_000)));
            Assert.Equal(new string('x', 40_000 + i), await TextAsync(store, "a"));
            _ = await WriteAsync(other, Put("a", new string('z', i + 1)));
            Assert.Equal(new string('z', i + 1), await TextAsync(store, "a"));
        }

        for (var i = 0; i < 19; i++)
        {
            _ = await WriteAsync(other, new DeleteOperation(Key($"b{i}")));
        }

        var pages = Raw("PRAGMA page_count");
        _ = await other.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Compact }, Cancel);

        Assert.True(Raw("PRAGMA page_count") < pages);
        Assert.Equal(new string('z', 20), await TextAsync(store, "a"));
        Assert.Equal(new string('y', 40_000), await TextAsync(store, "b19"));
    }

    [Fact]
    public async Task A_folder_is_refused()
    {
        _ = Directory.CreateDirectory(DatabasePath);

        var error = await Assert.ThrowsAsync<StoreException>(() => OpenAsync());

        Assert.Contains("is a folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_in_a_missing_folder_is_refused_and_the_folder_not_made()
    {
        var path = Path.Combine(Folder.File("missing"), "store.db");

        var error = await Assert.ThrowsAsync<StoreException>(() => OpenAsync(options => options.DatabasePath = path));

        Assert.Contains("folder does not exist", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.GetDirectoryName(path)));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs a folder that nobody can write to: /proc.");

        var error = await Assert.ThrowsAsync<StoreException>(
            () => OpenAsync(options => options.DatabasePath = "/proc/store.db"));

        Assert.Equal(StoreErrorKind.Unavailable, error.Kind);
        Assert.Contains("folder can be written", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_not_made_for_reading_only()
    {
        var error = await Assert.ThrowsAsync<StoreException>(
            () => OpenAsync(static options => options.ReadOnly = true));

        Assert.Equal(StoreErrorKind.Unavailable, error.Kind);
        Assert.False(File.Exists(DatabasePath));
    }

    [Fact]
    public async Task Names_that_mean_something_to_URIs_are_plain_names()
    {
        var path = Folder.File("a?b#c%20d äöü.db");

        await (await OpenAsync(options => options.DatabasePath = path)).DisposeAsync();
        var store = await OpenAsync(options => options.DatabasePath = path);

        Assert.True(File.Exists(path));
        Assert.Equal(path, store.Info.Location);
    }

    [Fact]
    public async Task A_store_closed_last_leaves_one_file()
    {
        var store = await OpenAsync();
        _ = await WriteAsync(store, Put("a"));
        _ = await TextAsync(store, "a");

        await store.DisposeAsync();

        Assert.Equal([DatabasePath], Directory.GetFiles(Path.GetDirectoryName(DatabasePath)!));
    }

    private async Task<StoreException> RefusesAsync(byte[] bytes, StoreErrorKind kind)
    {
        await File.WriteAllBytesAsync(DatabasePath, bytes, Cancel);

        var error = await Assert.ThrowsAsync<StoreException>(() => OpenAsync());

        Assert.Equal((kind, "sqlite"), (error.Kind, error.Backend));
        Assert.Contains(DatabasePath, error.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(DatabasePath, Cancel));
        return error;
    }
}
