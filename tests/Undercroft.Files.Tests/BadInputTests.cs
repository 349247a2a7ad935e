using System.Globalization;
using static Undercroft.Files.Tests.StoreFolder;

namespace Undercroft.Files.Tests;

/// <summary>What cannot be opened is refused with a sentence, and nothing is changed.</summary>
public sealed class BadInputTests : IAsyncLifetime
{
    private readonly StoreFolder folder = new();

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => folder.DisposeAsync();

    [Fact]
    public async Task A_path_that_is_a_file_is_refused()
    {
        await File.WriteAllTextAsync(folder.Root, "mine", Cancel);

        var error = await Assert.ThrowsAsync<StoreException>(() => folder.OpenAsync());

        Assert.Contains("it is a file", error.Message, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(folder.Root, Cancel));
    }

    [Fact]
    public async Task A_folder_with_other_things_in_it_is_refused_until_it_is_to_be_adopted()
    {
        folder.Edit("{\"title\":1}", "stories", "Cave.json");
        _ = Directory.CreateDirectory(folder.PathOf(".git"));

        var error = await Assert.ThrowsAsync<StoreException>(() => folder.OpenAsync());
        Assert.Contains("AdoptExisting", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.PathOf(".undercroft")));

        await using (var store = await folder.OpenAsync(static options => options.AdoptExisting = true))
        {
            Assert.Equal("{\"title\":1}", Text(await ReadAsync(store, "Cave")));
        }

        Assert.Equal(["+cave.json"], folder.FilesOf("stories"));
    }

    [Fact]
    public async Task A_second_writer_is_refused_with_the_name_of_the_first_and_a_reader_is_not()
    {
        await using var store = await folder.OpenAsync();
        _ = await PutAsync(store, "a", "1");

        var error = await Assert.ThrowsAsync<StoreException>(() => folder.OpenAsync());

        Assert.Equal(StoreErrorKind.InUse, error.Kind);
        var holder = string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on ");
        Assert.Contains(holder, error.Message, StringComparison.Ordinal);
        await using var reader = await folder.OpenAsync(static options => options.ReadOnly = true);
        Assert.Equal("1", Text(await ReadAsync(reader, "a")));
    }

    [Fact]
    public async Task A_reader_follows_a_writer_through_its_checkpoints()
    {
        await using var store = await folder.OpenAsync();
        await using var reader = await folder.OpenAsync(static options => options.ReadOnly = true);
        var cursor = (await reader.ChangesAsync(new ChangesRequest(), Cancel)).Next;
        for (var i = 0; i < 30; i++)
        {
            _ = await PutAsync(store, $"{i % 5}", $"{i}");
            if (i % 7 == 0)
            {
                _ = await FlushAsync(store);
            }

            await reader.WaitAsync(cursor, Cancel);
            var page = await reader.ChangesAsync(new ChangesRequest { After = cursor }, Cancel);
            cursor = page.Next;
            Assert.Equal($"{i}", Text(Assert.Single(page.Changes)));
        }
    }

    [Fact]
    public async Task A_lock_of_a_process_that_is_gone_does_not_stand_in_the_way()
    {
        await using (var first = await folder.OpenAsync())
        {
            _ = await PutAsync(first, "a", "1");
        }

        await File.WriteAllTextAsync(folder.PathOf(".undercroft", "holder"), "process 1 on 'elsewhere'", Cancel);
        await using var store = await folder.OpenAsync();

        Assert.Equal("1", Text(await ReadAsync(store, "a")));
    }

    [Fact]
    public async Task A_store_that_is_not_there_is_not_made_by_a_reader()
    {
        _ = await Assert.ThrowsAsync<StoreException>(() => folder.OpenAsync(static options => options.ReadOnly = true));

        Assert.False(Directory.Exists(folder.Root));
    }

    [Theory]
    [InlineData(nameof(FileStoreOptions.Directory))]
    [InlineData(nameof(FileStoreOptions.JournalBytesMax))]
    [InlineData(nameof(FileStoreOptions.GroupMax))]
    [InlineData(nameof(FileStoreOptions.QueueMax))]
    [InlineData(nameof(FileStoreOptions.CacheBytesMax))]
    [InlineData(nameof(FileStoreOptions.TreeDelay))]
    [InlineData(nameof(FileStoreOptions.RescanInterval))]
    [InlineData(nameof(FileStoreOptions.DeletionsMax))]
    [InlineData(nameof(FileStoreOptions.DeletionShareMax))]
    [InlineData(nameof(FileStoreOptions.ReplayLanesMax))]
    public async Task A_setting_out_of_range_is_refused_by_name(string setting)
    {
        var error = await Assert.ThrowsAnyAsync<ArgumentException>(() => folder.OpenAsync(options =>
        {
            _ = setting switch
            {
                nameof(options.Directory) => (object)(options.Directory = " "),
                nameof(options.JournalBytesMax) => options.JournalBytesMax = 1,
                nameof(options.GroupMax) => options.GroupMax = 0,
                nameof(options.QueueMax) => options.QueueMax = 0,
                nameof(options.CacheBytesMax) => options.CacheBytesMax = -1,
                nameof(options.TreeDelay) => options.TreeDelay = TimeSpan.FromHours(1),
                nameof(options.RescanInterval) => options.RescanInterval = TimeSpan.Zero,
                nameof(options.DeletionsMax) => options.DeletionsMax = -1,
                nameof(options.DeletionShareMax) => options.DeletionShareMax = 1.5,
                _ => options.ReplayLanesMax = 0,
            };
        }));

        Assert.Contains(setting, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:")]
    [InlineData("file:x?mode=rx")]
    [InlineData("file:x?adopt=1")]
    [InlineData("file:x?durability=2")]
    [InlineData("file:x?journalBytes=8M")]
    [InlineData("file:x?journalBytes=1000")]
    [InlineData("file:x?cacheBytes=some")]
    [InlineData("file:x?nosuch=1")]
    public async Task A_wrong_uri_is_refused(string uri) => await Assert.ThrowsAsync<ArgumentException>(
        async () => await new StoreSchemes().AddFiles().OpenAsync(uri, cancellationToken: Cancel));

    [Fact]
    public async Task A_store_is_opened_by_uri()
    {
        var uri = $"file:{folder.Root}?durability=os&journalBytes=1048576&cacheBytes=0";
        await using var store = await new StoreSchemes().AddFiles().OpenAsync(uri, cancellationToken: Cancel);

        Assert.Equal((folder.Root, Durability.Os), (store.Info.Location, store.Info.DefaultDurability));
    }
}
