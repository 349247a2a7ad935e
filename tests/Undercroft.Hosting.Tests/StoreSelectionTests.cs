namespace Undercroft.Hosting.Tests;

public sealed class StoreSelectionTests
{
    [Theory]
    [InlineData("sqlite:options.db", "memory:", "sqlite", "sqlite:options.db")]
    [InlineData(null, "file:./data", "sqlite", "file:./data")]
    [InlineData(" ", "file:./data", "sqlite", "file:./data")]
    [InlineData(null, null, "sqlite", "sqlite:var.db")]
    [InlineData(null, "", "SQLite", "sqlite:var.db")]
    [InlineData(null, null, "memory", "memory:")]
    [InlineData(null, null, "", "memory:")]
    [InlineData(null, null, null, "memory:")]
    public void Options_come_before_the_URI_variable_and_that_before_the_backend_variable(
        string? option, string? uri, string? backend, string expected)
    {
        var selection = Selection(("UNDERCROFT_STORE", uri), ("STORAGE_BACKEND", backend), ("SQLITE_PATH", "var.db"));

        Assert.Equal(expected, selection.Choose(new UndercroftOptions { Store = option }));
    }

    [Theory]
    [InlineData("sqlite", "SQLITE_PATH", "/var/lib/app.db")]
    [InlineData("sqlite", "SQLITE_PATH", "what?100%.db")]
    [InlineData("sqlite", "SQLITE_PATH", "//server/share/app.db")]
    [InlineData("sqlite", "SQLITE_PATH", "C:\\data\\app.db")]
    [InlineData("file", "FILE_PATH", "./data")]
    [InlineData("my-own.kind", "MY_OWN_KIND_PATH", "x y")]
    public void The_path_of_a_backend_reaches_it_as_it_was_written(string backend, string variable, string path)
    {
        var selection = Selection(("STORAGE_BACKEND", backend), (variable, path));

        var uri = StoreUri.Parse(selection.Choose(new UndercroftOptions()));

        Assert.Equal((backend, path, 0), (uri.Scheme, uri.Path, uri.Settings.Count));
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("PostgreSQL")]
    public void PostgreSQL_goes_by_both_of_its_names(string backend)
    {
        var schemes = new StoreSchemes();
        foreach (var name in new[] { "postgres", "postgresql" })
        {
            // As AddPostgres does.
            schemes.Add(name, (_, _, _) => throw new InvalidOperationException("Nothing is opened here."));
        }

        var variables = new Dictionary<string, string>
        {
            ["STORAGE_BACKEND"] = backend,
            ["POSTGRESQL_URL"] = "postgres://localhost/app",
        };

        var chosen = new StoreSelection(schemes, variables.GetValueOrDefault).Choose(new UndercroftOptions());

        Assert.Equal("postgres://localhost/app", chosen);
    }

    [Fact]
    public void A_blank_or_a_lines_end_around_a_variable_is_no_part_of_it()
    {
        Assert.Equal(
            "sqlite:app.db", Selection(("UNDERCROFT_STORE", " sqlite:app.db\n")).Choose(new UndercroftOptions()));
        Assert.Equal(
            "sqlite:app.db",
            Selection(("STORAGE_BACKEND", "sqlite\r\n"), ("SQLITE_PATH", "app.db\n")).Choose(new UndercroftOptions()));
        Assert.Equal("sqlite:app.db", Selection().Choose(new UndercroftOptions { Store = "sqlite:app.db\n" }));
    }

    [Fact]
    public void An_unknown_backend_is_one_clear_sentence() => AssertRefused(
        "STORAGE_BACKEND is 'mongo'; expected one of 'file', 'memory', 'my-own.kind', 'sqlite'. Correct it, or " +
        "remove it to keep everything in memory.",
        Selection(("STORAGE_BACKEND", "mongo")));

    [Fact]
    public void A_backend_without_its_path_is_one_clear_sentence() => AssertRefused(
        "STORAGE_BACKEND is 'sqlite', and SQLITE_PATH is not set; expected the path to keep the store at. Set " +
        "SQLITE_PATH, or UNDERCROFT_STORE to a whole URI instead of both.",
        Selection(("STORAGE_BACKEND", "sqlite")));

    [Fact]
    public void A_URI_of_an_unknown_kind_names_the_variable() => AssertRefused(
        "UNDERCROFT_STORE names a store of the kind 'oracle'; expected one of 'file', 'memory', 'my-own.kind', " +
        "'sqlite'. Correct it, or register the kind with UseSchemes.",
        Selection(("UNDERCROFT_STORE", "oracle:x")));

    [Fact]
    public void What_is_no_URI_names_the_setting() => AssertRefused(
        "Undercroft:Store is wrong. 'app.db' is not a store: expected a scheme and a place, such as 'sqlite:app.db', " +
        "'file:./data' or 'memory:'.",
        Selection(),
        "app.db");

    private static void AssertRefused(string message, StoreSelection selection, string? option = null)
    {
        var error = Assert.Throws<ArgumentException>(
            () => selection.Choose(new UndercroftOptions { Store = option }));

        Assert.Equal(message, error.Message);
    }

    private static StoreSelection Selection(params (string Name, string? Value)[] variables)
    {
        var schemes = new StoreSchemes();
        foreach (var scheme in new[] { "sqlite", "file", "my-own.kind" })
        {
            schemes.Add(scheme, (_, _, _) => throw new InvalidOperationException("Nothing is opened here."));
        }

        return new StoreSelection(schemes, name => variables.FirstOrDefault(one => one.Name == name).Value);
    }
}
