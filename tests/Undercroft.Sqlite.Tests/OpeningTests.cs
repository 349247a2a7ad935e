namespace Undercroft.Sqlite.Tests;

/// <summary>A file is opened in whatever state a process that was killed, or that is at work, has left it.</summary>
public sealed class OpeningTests : StoreTests
{
    [Fact]
    public async Task A_file_whose_making_was_cut_off_before_its_tables_is_made_whole()
    {
        // What the setting of auto_vacuum leaves when the process ends right after it.
        _ = Raw("PRAGMA auto_vacuum = INCREMENTAL");
        Assert.True(new FileInfo(DatabasePath).Length > 0);

        var store = await OpenAsync();

        _ = await WriteAsync(store, Put("a"));
        Assert.Equal("body", await TextAsync(store, "a"));
    }

    [Fact]
    public async Task A_file_in_the_middle_of_a_checkpoint_is_no_damaged_one()
    {
        var store = await OpenAsync(static options => options.DefaultDurability = Durability.Os);
        for (var i = 0; i < 50; i++)
        {
            _ = await WriteAsync(store, Put($"id{i}", new string('x', 5000)));
        }

        // A checkpoint writes the first page first: it counts pages that are in the log alone.
        var file = await ReadSharedAsync(DatabasePath);
        var log = await ReadSharedAsync(DatabasePath + "-wal");
        await store.DisposeAsync();
        var whole = await File.ReadAllBytesAsync(DatabasePath, Cancel);
        Assert.True(file.Length < whole.Length);
        whole.AsSpan(0, 4096).CopyTo(file);
        await File.WriteAllBytesAsync(DatabasePath, file, Cancel);
        await File.WriteAllBytesAsync(DatabasePath + "-wal", log, Cancel);

        var again = await OpenAsync();

        Assert.Equal(new string('x', 5000), await TextAsync(again, "id49"));
    }

    [Fact]
    public async Task A_file_deleted_while_it_is_open_takes_no_more_commits_and_fails_in_one_sentence()
    {
        var store = await OpenAsync(static options => options.PollInterval = TimeSpan.FromMilliseconds(1));
        _ = await WriteAsync(store, Put("a"));
        foreach (var path in Directory.GetFiles(Path.GetDirectoryName(DatabasePath)!))
        {
            File.Delete(path);
        }

        var commit = await Assert.ThrowsAsync<StoreException>(() => WriteAsync(store, Put("b")));
        var read = await Assert.ThrowsAsync<StoreException>(() => TextAsync(store, "a"));
        var wait = await Assert.ThrowsAsync<StoreException>(async () => await store.WaitAsync(FeedCursor.End, Cancel));

        Assert.All([commit, read, wait], error => Assert.Equal(StoreErrorKind.Unavailable, error.Kind));
        Assert.Contains("was moved, deleted or replaced while it was open", commit.Message, StringComparison.Ordinal);
    }

    private static async Task<byte[]> ReadSharedAsync(string path)
    {
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes, Cancel);
        return bytes;
    }
}
