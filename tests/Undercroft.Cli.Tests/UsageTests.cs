namespace Undercroft.Cli.Tests;

public sealed class UsageTests : CliFixture
{
    [Theory]
    [InlineData(
        "undercroft: Unrecognized command or argument 'stroe'. Did you mean 'store'? See 'undercroft --help'.",
        "stroe")]
    [InlineData(
        "undercroft: Required argument 'id' missing for command: 'get'. See 'undercroft store get --help'.",
        "store", "get", "a")]
    [InlineData(
        "undercroft: Unrecognized command or argument '--jsn'. Did you mean '--json'? "
        + "See 'undercroft store info --help'.",
        "store", "info", "--jsn")]
    [InlineData(
        "undercroft: --limit must be at least 1. See 'undercroft store watch --help'.",
        "store", "watch", "--limit", "0")]
    [InlineData(
        "undercroft: The collection is empty; expected a name. See 'undercroft store get --help'.",
        "store", "get", "", "x")]
    [InlineData(
        "undercroft: --older-than is 'soon'; expected a number and a unit: ms, s, m, h, d or w, as in 7d.",
        "store", "compact", "--older-than", "soon")]
    [InlineData(
        "undercroft: --if-revision is 'x'; expected a revision such as r42, or 0 for none.",
        "store", "put", "a", "b", "1", "--if-revision", "x")]
    [InlineData(
        "undercroft: --ttl is '0s'; expected a time above zero, as in 7d.",
        "store", "put", "a", "b", "1", "--ttl", "0s")]
    [InlineData(
        "undercroft: --if-revision is 0, which no blob has; expected the revision it was read at.",
        "store", "blobs", "rm", "a", "--if-revision", "0")]
    public async Task A_wrong_command_line_is_one_sentence_and_exit_code_2(string error, params string[] arguments)
    {
        var run = await RunAsync(arguments);

        run.MustFail(2, error);
    }

    [Theory]
    [InlineData(
        "undercroft: --format is 'xml'; expected twee, html, archive, json or whisker. "
        + "See 'undercroft stories export --help'.",
        "stories", "export", "--format", "xml")]
    [InlineData(
        "undercroft: --dialect is '3'; expected source, 0.9, 1.0, compact, typed or 2.1. "
        + "See 'undercroft stories convert --help'.",
        "stories", "convert", "x", "--to", "whisker", "--dialect", "3")]
    [InlineData(
        "undercroft: The name is empty; expected a name. See 'undercroft store blobs put --help'.",
        "store", "blobs", "put", "", "f")]
    [InlineData(
        "undercroft: --order is 'a,,b'; expected fields set apart by commas, such as -score,title. "
        + "See 'undercroft store query --help'.",
        "store", "query", "notes", "--order", "a,,b")]
    [InlineData(
        "undercroft: The setting 'adopt' of the store needs one value, as in '?name=value'.",
        "store", "info", "--store", "file:d?adopt")]
    [InlineData(
        "undercroft: 'postgres://***@h/d' is a store; expected the path of a file or folder. "
        + "Name the store by --store, and a path here.",
        "store", "archive", "postgres://app:Wrong1@h/d")]
    [InlineData(
        "undercroft: 'sqlite:b.db' is a store; expected the path of a file or folder. "
        + "Name the store by --store, and a path here.",
        "store", "backup", "sqlite:b.db")]
    [InlineData(
        "undercroft: Cannot parse argument 'x' for option '--limit'; expected a whole number up to 2147483647. "
        + "See 'undercroft jobs list --help'.",
        "jobs", "list", "--limit", "x")]
    [InlineData(
        "undercroft: Cannot parse argument '9999999999' for option '--concurrency'; expected a whole number up to "
        + "2147483647. See 'undercroft jobs work --help'.",
        "jobs", "work", "-k", "a", "--concurrency", "9999999999", "--", "cat")]
    [InlineData(
        "undercroft: Cannot parse argument 'soon' for option '--seconds'; expected a number. "
        + "See 'undercroft bench --help'.",
        "bench", "--seconds", "soon")]
    [InlineData(
        "undercroft: --times must be at least 1. See 'undercroft jobs watch --help'.",
        "jobs", "watch", "--times", "0")]
    public async Task A_value_that_is_none_is_one_sentence_and_exit_code_2(string error, params string[] arguments)
    {
        var run = await RunAsync(arguments);

        run.MustFail(2, error);
    }

    [Theory]
    [InlineData(
        "undercroft: Unrecognized command or argument 'postgres://***@h/d'. See 'undercroft store info --help'.",
        "store", "info", "postgres://app:Wrong1@h/d?sslpassword=Wrong1")]
    [InlineData(
        "undercroft: Unrecognized command or argument 'rediss://***@h'. See 'undercroft store info --help'.",
        "store", "info", "rediss://:Wrong1@h")]
    [InlineData(
        "undercroft: Unrecognized command or argument 'redis:app:***@h'. See 'undercroft store info --help'.",
        "store", "info", "redis:app:Wrong1@h")]
    [InlineData(
        "undercroft: Unrecognized command or argument '--stroe=postgres://***@h/d'. "
        + "See 'undercroft store info --help'.",
        "store", "info", "--stroe=postgres://app:Wrong1@h/d")]
    [InlineData(
        "undercroft: Unrecognized command or argument 'postgres://h/d'. See 'undercroft store info --help'.",
        "store", "info", "postgres://h/d?password=Wrong1")]
    [InlineData(
        "undercroft: Unrecognized command or argument 'Host=h;Password=***'. See 'undercroft store info --help'.",
        "store", "info", "Host=h;Password=Wrong1")]
    [InlineData(
        "undercroft: --store names no store: found 'Host=h;Password=***', expected a scheme and a place, such as "
        + "sqlite:app.db, file:./data or memory:.",
        "store", "info", "--store", "Host=h;Password=Wrong1")]
    [InlineData(
        "undercroft: Unrecognized command or argument 'sqlite:a.db?busyTimeout=5s'. "
        + "See 'undercroft store info --help'.",
        "store", "info", "sqlite:a.db?busyTimeout=5s")]
    public async Task A_store_in_the_wrong_place_is_shown_without_its_password(string error, params string[] arguments)
    {
        var run = await RunAsync(arguments);

        run.MustFail(2, error);
    }

    [Theory]
    [InlineData("--limit", "store", "watch", "c")]
    [InlineData("--limit", "store", "query", "c", "{}")]
    [InlineData("--limit", "store", "blobs", "ls")]
    [InlineData("--limit", "stories", "search", "a")]
    [InlineData("--edits", "stories", "autosave-demo")]
    [InlineData("--keep", "stories", "backups", "prune")]
    [InlineData("--backup", "stories", "restore", "a")]
    [InlineData("--times", "jobs", "watch")]
    [InlineData("--priority", "jobs", "enqueue", "a")]
    [InlineData("--attempts", "jobs", "enqueue", "a")]
    [InlineData("--limit", "monitors", "runs")]
    [InlineData("--concurrency", "serve")]
    [InlineData("--concurrency", "agent")]
    [InlineData("--size", "bench")]
    public async Task A_number_that_is_none_is_refused_by_name(string option, params string[] command)
    {
        var run = await RunAsync([.. command, option, "none"]);

        Assert.Equal(2, run.Code);
        Assert.StartsWith(
            $"undercroft: Cannot parse argument 'none' for option '{option}'; expected a whole number", run.Error,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData()]
    [InlineData("store")]
    [InlineData("--help")]
    [InlineData("store", "get", "--help")]
    public async Task Help_goes_to_the_standard_output(params string[] arguments)
    {
        var run = await RunAsync(arguments);

        Assert.Contains("Usage:\n  undercroft", run.MustSucceed().Out, StringComparison.Ordinal);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task Every_command_explains_itself_and_fits_into_80_columns()
    {
        var pending = new Stack<string[]>([[]]);
        var seen = 0;
        while (pending.TryPop(out var path))
        {
            var help = (await RunAsync([.. path, "--help"])).MustSucceed().Out;
            Assert.DoesNotContain(help.Split('\n'), static line => line.TrimEnd().Length > 80);
            Assert.Matches(@"Description:\n  \w", help);
            seen++;
            foreach (var name in SubcommandsIn(help))
            {
                pending.Push([.. path, name]);
            }
        }

        Assert.True(seen > 20, $"Only {seen} commands were found in the help.");
    }

    [Fact]
    public async Task An_at_sign_is_text_and_no_file_of_arguments()
    {
        _ = (await RunAsync("store", "put", "c", "@home", "1")).MustSucceed();

        Assert.Equal("1", (await RunAsync("store", "get", "c", "@home")).Out);
    }

    [Fact]
    public async Task A_stack_trace_is_shown_only_when_asked_for()
    {
        var quiet = await RunAsync("store", "get", "c", "none");
        var verbose = await RunAsync("store", "get", "c", "none", "--verbose");

        Assert.DoesNotContain("   at ", quiet.Error, StringComparison.Ordinal);
        Assert.Contains("   at Undercroft.Cli", verbose.Error, StringComparison.Ordinal);
    }

    private static IEnumerable<string> SubcommandsIn(string help)
    {
        var at = help.IndexOf("Commands:\n", StringComparison.Ordinal);
        return at < 0
            ? []
            : help[(at + "Commands:\n".Length)..].Split('\n')
                .Where(static line => line.StartsWith("  ", StringComparison.Ordinal) && line[2] != ' ')
                .Select(static line => line.Trim().Split(' ')[0]);
    }
}
