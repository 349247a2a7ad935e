namespace Undercroft.Cli.Tests;

public sealed class FileStoreTests() : PlacedStoreTests("file")
{
    [Fact]
    public async Task A_store_that_an_application_holds_can_be_read_and_not_written()
    {
        _ = (await RunAsync("store", "put", "a", "x", "1")).MustSucceed();
        await using var application = await new StoreSchemes().AddFiles().OpenAsync(
            "file:" + PathOf("app.db"), cancellationToken: TestContext.Current.CancellationToken);

        var got = await RunAsync("store", "get", "a", "x");
        var list = await RunAsync("stories", "list", "--json");
        var put = await RunAsync("store", "put", "a", "x", "2");

        Assert.Equal("1", got.MustSucceed().Out);
        Assert.Equal("", list.MustSucceed().Out);
        Assert.Equal(1, put.Code);
        Assert.Equal(1, put.Error.Count(static c => c == '\n'));
    }

    [Fact]
    public async Task A_place_where_no_store_can_be_begun_is_named_with_what_to_do()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has a /proc.");
        _ = Directory.CreateDirectory(PathOf("app.db"));
        await File.WriteAllTextAsync(PathOf("app.db/notes.txt"), "mine", TestContext.Current.CancellationToken);

        var foreign = await RunAsync("store", "put", "a", "x", "1");
        var nowhere = await RunAsync("store", "put", "a", "x", "1", "--store", "file:/proc/undercroft-none");

        Assert.Contains("set AdoptExisting (?adopt=true) to make", foreign.Error, StringComparison.Ordinal);
        nowhere.MustFail(
            1,
            "undercroft: Cannot open the store '/proc/undercroft-none': no folder can be made there. Check the path.");
    }

    protected override async Task MakeDamagedAsync(string path)
    {
        _ = Directory.CreateDirectory(path);
        await File.WriteAllTextAsync(
            Path.Combine(path, "notes.txt"), "no store", TestContext.Current.CancellationToken);
    }
}
