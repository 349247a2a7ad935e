using System.Diagnostics;

namespace Undercroft.Cli.Tests;

/// <summary>The tool as a process: its streams, its exit code, its start and its end.</summary>
public sealed class ProcessTests : ProcessTest
{
    [Fact]
    public async Task Streams_and_exit_codes_are_those_of_the_process()
    {
        var put = await RunAsync("""{"a":"Zoë"}""", "store", "put", "c", "x", "-", "--store", Store, "--json");
        var got = await RunAsync(null, "store", "get", "c", "x", "--store", Store);
        var missing = await RunAsync(null, "store", "get", "c", "y", "--store", Store);
        var wrong = await RunAsync(null, "store", "got");

        Assert.Equal((0, ""), (put.Code, put.Error));
        Assert.Equal((0, """{"a":"Zoë"}""", ""), (got.Code, got.Out, got.Error));
        Assert.Equal((3, ""), (missing.Code, missing.Out));
        Assert.StartsWith("undercroft: There is no document 'y'", missing.Error, StringComparison.Ordinal);
        Assert.Equal((2, ""), (wrong.Code, wrong.Out));
        Assert.Contains("Did you mean 'get'?", wrong.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help >/dev/full", 1, "undercroft: Cannot write to the standard output: No space left on device.\n")]
    [InlineData("--help >&-", 1, "undercroft: Cannot write to the standard output: Bad file descriptor.\n")]
    [InlineData("store put c x - >/dev/full </dev/null", 1, null)]
    [InlineData("store got 2>&-", 2, "")]
    [InlineData("store got 2>/dev/full", 2, "")]
    public async Task A_stream_that_is_closed_or_full_ends_in_a_sentence_where_there_is_anybody_to_hear_it(
        string words, int code, string? error)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has /dev/full.");

        var run = await RunProcessAsync(null, "sh", ["-c", $"exec dotnet '{Program}' {words}"]);

        Assert.Equal(code, run.Code);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.Equal(error ?? run.Error, run.Error);
    }

    [Fact]
    public async Task A_command_whose_output_nobody_reads_any_more_ends_without_a_word()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no sh.");
        _ = await RunAsync("1", "store", "put", "c", "0", "-", "--store", Store);
        var one = $"dotnet '{Program}' store put c $i $i --store '{Store}' >/dev/null";
        var put = $"for i in 1 2 3 4 5 6 7 8 9; do {one}; done";
        var watch = $"dotnet '{Program}' store watch c --from beginning --store '{Store}'";

        var run = await RunProcessAsync(null, "sh", ["-c", $"({watch}; echo \"code $?\" >&2) | head -1 & {put}; wait"]);

        Assert.Equal((0, "code 0\n"), (run.Code, run.Error));
        Assert.Single(run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Help_loads_neither_a_backend_nor_the_stories_nor_what_draws_tables()
    {
        // What is not there cannot be loaded: that is why help starts fast.
        string[] needed =
            ["Undercroft.Cli.dll", "Undercroft.Cli.runtimeconfig.json", "System.CommandLine.dll", "Undercroft.dll"];
        foreach (var name in needed)
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, name), Path.Combine(Folder, name));
        }

        var begun = Stopwatch.GetTimestamp();
        var help = await RunProcessAsync(null, "dotnet", [Path.Combine(Folder, "Undercroft.Cli.dll"), "--help"]);
        var took = Stopwatch.GetElapsedTime(begun);

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"note: 'undercroft --help' took {took.TotalMilliseconds:0} ms");
        Assert.Equal((0, ""), (help.Code, help.Error));
        Assert.Contains("stories", help.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_blob_cannot_fill_the_memory_with_what_it_leaves_behind()
    {
        var config = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "Undercroft.Cli.runtimeconfig.json"),
            TestContext.Current.CancellationToken);

        Assert.Contains("\"System.GC.ConserveMemory\": 9", config, StringComparison.Ordinal);
        Assert.Contains("\"System.GC.Gen0MaxBudget\": 8388608", config, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_command_imports_the_samples_into_a_file_in_the_working_directory()
    {
        var demo = await RunAsync(null, "demo");
        var list = await RunAsync(null, "stories", "list", "--json");

        Assert.Equal(0, demo.Code);
        Assert.StartsWith("Imported 3 stories, nothing lost:\n", demo.Out, StringComparison.Ordinal);
        Assert.Contains(
            $"They are kept in {Path.Combine(Folder, "undercroft.db")}.", demo.Out, StringComparison.Ordinal);
        Assert.Equal(3, list.JsonLines().Count);
        Assert.Equal(["undercroft.db"], Directory.EnumerateFileSystemEntries(Folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task The_script_for_bash_completes_commands()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "There is no bash.");
        var script = await RunAsync(null, "completion", "bash");
        await File.WriteAllTextAsync(
            Path.Combine(Folder, "test.sh"),
            $"undercroft() {{ dotnet '{Program}' \"$@\"; }}\n{script.Out}\n"
            + "COMP_WORDS=(undercroft store ge); COMP_CWORD=2; _undercroft; echo \"${COMPREPLY[@]}\"\n"
            + "COMP_WORDS=(undercroft store verify --js); COMP_CWORD=3; _undercroft; echo \"${COMPREPLY[@]}\"\n",
            TestContext.Current.CancellationToken);

        var bash = await RunProcessAsync(null, "/bin/bash", [Path.Combine(Folder, "test.sh")]);

        Assert.Equal(("get\n--json\n", ""), (bash.Out, bash.Error));
    }
}
