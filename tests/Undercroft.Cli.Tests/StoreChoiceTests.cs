using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Tests;

public sealed class StoreChoiceTests : CliFixture
{
    [Theory]
    [InlineData("file:./data", "file:./data", "--store", "UNDERCROFT_STORE=memory:")]
    [InlineData(null, "memory:", "UNDERCROFT_STORE", "UNDERCROFT_STORE=memory:", "STORAGE_BACKEND=sqlite")]
    [InlineData(null, "memory:", "STORAGE_BACKEND", "STORAGE_BACKEND=memory")]
    [InlineData(null, "sqlite:undercroft.db", "STORAGE_BACKEND", "STORAGE_BACKEND=SQLite")]
    [InlineData(null, "sqlite:/a b?%41.db", "STORAGE_BACKEND", "STORAGE_BACKEND=sqlite", "SQLITE_PATH=/a b?%41.db")]
    [InlineData(null, "sqlite:undercroft.db", "default")]
    public void The_option_counts_before_the_variables_and_those_before_the_default(
        string? option, string uri, string source, params string[] variables)
    {
        var choice = StoreChoice.Make(option, new PairEnvironment(variables));

        Assert.Equal((uri, source), (choice.Uri.ToString(), choice.Source));
    }

    [Fact]
    public async Task A_wrong_variable_is_one_sentence()
    {
        _ = Variables.Remove("UNDERCROFT_STORE");
        Variables["STORAGE_BACKEND"] = "oracle";

        var run = await RunAsync("store", "info");

        run.MustFail(
            2,
            "undercroft: STORAGE_BACKEND is 'oracle'; expected memory, sqlite, file, postgres or redis. Set one of "
            + "these, or name the store by --store or UNDERCROFT_STORE.");
    }

    [Fact]
    public async Task A_wrong_uri_names_who_said_it()
    {
        var option = await RunAsync("store", "info", "--store", "app.db");
        Variables["UNDERCROFT_STORE"] = "oracle:x";
        var variable = await RunAsync("store", "info");

        option.MustFail(
            2,
            "undercroft: --store names no store: found 'app.db', expected a scheme and a place, such as sqlite:app.db, "
            + "file:./data or memory:.");
        Assert.Equal(2, variable.Code);
        Assert.StartsWith(
            "undercroft: UNDERCROFT_STORE names the store 'oracle:x', but there is no kind of store 'oracle:'; expect",
            variable.Error,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("store", "info")]
    [InlineData("store", "stats")]
    [InlineData("store", "get", "a", "b")]
    [InlineData("store", "delete", "a", "b")]
    [InlineData("store", "watch", "--once")]
    [InlineData("store", "verify")]
    [InlineData("store", "compact")]
    public async Task A_command_that_reads_never_makes_a_store(params string[] arguments)
    {
        Variables["UNDERCROFT_STORE"] = "sqlite:" + PathOf("none.db");

        var run = await RunAsync(arguments);

        Assert.Equal(3, run.Code);
        Assert.StartsWith("undercroft: There is no store at '", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Folder));
    }

    [Theory]
    [InlineData("store put", "store", "info")]
    [InlineData("stories import", "stories", "backups", "list", "x")]
    [InlineData("store blobs put", "store", "blobs", "ls")]
    [InlineData("jobs enqueue", "jobs", "stats")]
    [InlineData("monitors import", "monitors", "keys", "list")]
    public async Task Where_there_is_no_store_it_says_what_makes_it(string maker, params string[] arguments)
    {
        Variables["UNDERCROFT_STORE"] = "sqlite:" + PathOf("none.db");

        var run = await RunAsync(arguments);

        Assert.EndsWith($"or make it: 'undercroft {maker}' does.\n", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("store", "info")]
    [InlineData("stories", "list")]
    [InlineData("store", "delete", "a", "b")]
    public async Task An_empty_file_is_no_store_and_stays_empty_until_something_is_written(params string[] arguments)
    {
        Variables["UNDERCROFT_STORE"] = "sqlite:" + PathOf("empty.db");
        await File.WriteAllTextAsync(PathOf("empty.db"), "", TestContext.Current.CancellationToken);

        var run = await RunAsync(arguments);
        var length = new FileInfo(PathOf("empty.db")).Length;
        var put = await RunAsync("store", "put", "a", "b", "1");

        Assert.Equal(3, run.Code);
        Assert.StartsWith("undercroft: There is no store at '", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, length);
        Assert.Equal(0, put.Code);
    }

    private sealed class PairEnvironment(string[] pairs) : IEnvironment
    {
        public string? this[string name] =>
            pairs.FirstOrDefault(pair => pair.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
    }
}
