namespace Undercroft.Cli.Tests;

/// <summary>What only a store with a place can do: backup, restore, bench beside it.</summary>
public abstract class PlacedStoreTests : CliFixture
{
    private const StringComparison Ordinal = StringComparison.Ordinal;

    private readonly string scheme;

    protected PlacedStoreTests(string scheme)
    {
        this.scheme = scheme;
        Variables["UNDERCROFT_STORE"] = UriOf(PathOf("app.db"));
    }

    [Fact]
    public async Task A_backup_comes_back_and_what_it_replaced_is_moved_aside()
    {
        _ = (await RunAsync("store", "put", "a", "x", "1")).MustSucceed();
        var backup = await RunAsync("store", "backup", PathOf("copy.db"), "--json");
        _ = (await RunAsync("store", "put", "a", "x", "2")).MustSucceed();

        var refused = await RunAsync("store", "restore", PathOf("copy.db"));
        var kept = await RunAsync("store", "get", "a", "x");
        var restored = await RunAsync("store", "restore", PathOf("copy.db"), "--force", "--json");
        var back = await RunAsync("store", "get", "a", "x", "--json");
        var aside = restored.MustSucceed().Json().GetProperty("movedAside").GetString();
        var old = await RunAsync("store", "get", "a", "x", "--store", UriOf(aside!));

        Assert.Equal(PathOf("copy.db"), backup.MustSucceed().Json().GetProperty("target").GetString());
        refused.MustFail(
            4,
            $"undercroft: There is a store at {Names.Show(PathOf("app.db"))} already. Nothing was changed; "
            + "--force moves it aside.");
        Assert.Equal("2", kept.Out);
        Assert.Equal("1", back.MustSucceed().Json().GetProperty("value").GetRawText());
        Assert.Equal(1, back.Json().GetProperty("revision").GetInt64());
        Assert.Equal("2", old.MustSucceed().Out);
        Assert.DoesNotContain(
            Directory.EnumerateFileSystemEntries(Folder),
            static file => file.Contains("restoring", Ordinal));
    }

    [Fact]
    public async Task A_restore_into_a_free_place_needs_no_force()
    {
        _ = (await RunAsync("store", "put", "a", "x", "1")).MustSucceed();
        _ = (await RunAsync("store", "backup", PathOf("copy.db"))).MustSucceed();

        var restored = await RunAsync("store", "restore", PathOf("copy.db"), "--store", UriOf(PathOf("new.db")));
        var back = await RunAsync("store", "get", "a", "x", "--store", UriOf(PathOf("new.db")));

        Assert.StartsWith($"Restored {PathOf("new.db")}: ", restored.MustSucceed().Out, Ordinal);
        Assert.Equal("1", back.Out);
    }

    [Fact]
    public async Task A_damaged_backup_changes_nothing()
    {
        _ = (await RunAsync("store", "put", "a", "x", "1")).MustSucceed();
        await MakeDamagedAsync(PathOf("bad.db"));

        var restored = await RunAsync("store", "restore", PathOf("bad.db"), "--force");
        var kept = await RunAsync("store", "get", "a", "x");

        Assert.Equal(1, restored.Code);
        Assert.Equal(1, restored.Error.Count(static c => c == '\n'));
        Assert.Equal("1", kept.Out);
        Assert.DoesNotContain(
            Directory.EnumerateFileSystemEntries(Folder),
            static file => file.Contains("restor", Ordinal));
    }

    [Fact]
    public async Task What_is_neither_a_backup_nor_an_archive_is_named_itself()
    {
        await File.WriteAllTextAsync(
            PathOf("README.md"), new string('x', 5000), TestContext.Current.CancellationToken);
        _ = Directory.CreateDirectory(PathOf("folder"));

        foreach (var path in (string[])[PathOf("README.md"), PathOf("folder")])
        {
            var restored = await RunAsync("store", "restore", path);

            restored.MustFail(
                1,
                $"undercroft: {Names.Show(path)} is neither a backup of a '{scheme}:' store, which is a "
                + $"{(scheme == "file" ? "folder" : "file")}, nor an archive. Nothing was changed; name what 'store "
                + "backup' or 'store archive' made.");
        }

        Assert.False(Path.Exists(PathOf("app.db")));
    }

    [Fact]
    public async Task A_backup_never_overwrites_and_a_missing_one_is_named()
    {
        _ = (await RunAsync("store", "put", "a", "x", "1")).MustSucceed();
        await File.WriteAllTextAsync(PathOf("taken"), "mine", TestContext.Current.CancellationToken);

        var taken = await RunAsync("store", "backup", PathOf("taken"));
        var missing = await RunAsync("store", "restore", PathOf("none.db"), "--force");
        var same = await RunAsync("store", "restore", PathOf("app.db"), "--force");

        Assert.Equal(4, taken.Code);
        Assert.Equal("mine", await File.ReadAllTextAsync(PathOf("taken"), TestContext.Current.CancellationToken));
        Assert.Equal(3, missing.Code);
        Assert.Equal(2, same.Code);
    }

    [Fact]
    public async Task Info_says_where_the_store_is_and_who_chose_it()
    {
        _ = (await RunAsync("store", "put", "a", "x", "1")).MustSucceed();

        var info = (await RunAsync("store", "info", "--json")).MustSucceed().Json();

        Assert.Equal(scheme, info.GetProperty("backend").GetString());
        Assert.Equal("UNDERCROFT_STORE", info.GetProperty("chosenBy").GetString());
        Assert.DoesNotContain(
            info.GetProperty("capabilities").EnumerateArray(), static name => name.GetString() == "readOnly");
        Assert.Equal("disk", info.GetProperty("defaultDurability").GetString());
        Assert.Equal(PathOf("app.db"), info.GetProperty("location").GetString());
    }

    [Fact]
    public async Task Bench_measures_a_store_of_its_own_and_leaves_nothing_behind()
    {
        var uri = UriOf(PathOf("bench.db"));

        var json = (await RunAsync("bench", "--seconds", "0.01", "--documents", "1000", "--store", uri, "--json"))
            .MustSucceed().Json();

        Assert.Equal(scheme, json.GetProperty("backend").GetString());
        Assert.Equal(Bench.BenchRun.FiguresCount, json.GetProperty("figures").GetArrayLength());
        Assert.All(
            json.GetProperty("figures").EnumerateArray(),
            static figure => Assert.True(figure.GetProperty("perSecond").GetDouble() > 0));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Folder));
    }

    /// <summary>Makes something that is of the store's kind and no store.</summary>
    protected abstract Task MakeDamagedAsync(string path);

    private string UriOf(string path) => $"{scheme}:{path}";
}
