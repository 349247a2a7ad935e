using System.Diagnostics;
using System.Globalization;

namespace Undercroft.Cli.Tests;

/// <summary>The tool as a process: its streams, its exit code, its start and its end.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("undercroft-cli-").FullName;

    private string Store => "sqlite:" + Path.Combine(folder, "app.db");

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

    [Fact]
    public async Task Ctrl_C_ends_a_watch_with_130_and_the_store_is_sound()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent by kill, which Windows lacks.");
        _ = await RunAsync(null, "store", "put", "c", "x", "1", "--store", Store);

        // Where whoever runs the tests ignores the signal, so would the program: a shell does that to what it puts into
        // the background.
        string[] command = ["dotnet", Program, "store", "watch", "--from", "beginning", "--store", Store];
        using var watch = IgnoresInterrupts()
            ? Start("env", ["--default-signal=INT", .. command])
            : Start(command[0], command[1..]);
        watch.StandardInput.Close();

        // The first line says that the watch is on.
        var line = await watch.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        using var kill = Process.Start("kill", ["-INT", watch.Id.ToString(CultureInfo.InvariantCulture)]);
        await watch.WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        var verify = await RunAsync(null, "store", "verify", "--store", Store);

        Assert.EndsWith("written  c/x", line, StringComparison.Ordinal);
        Assert.Equal(130, watch.ExitCode);
        Assert.Equal(0, verify.Code);
    }

    [Fact]
    public async Task Help_loads_neither_a_backend_nor_the_stories_nor_what_draws_tables()
    {
        // What is not there cannot be loaded: that is why help starts fast.
        string[] needed =
            ["Undercroft.Cli.dll", "Undercroft.Cli.runtimeconfig.json", "System.CommandLine.dll", "Undercroft.dll"];
        foreach (var name in needed)
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, name), Path.Combine(folder, name));
        }

        var begun = Stopwatch.GetTimestamp();
        var help = await RunProcessAsync(null, "dotnet", [Path.Combine(folder, "Undercroft.Cli.dll"), "--help"]);
        var took = Stopwatch.GetElapsedTime(begun);

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"note: 'undercroft --help' took {took.TotalMilliseconds:0} ms");
        Assert.Equal((0, ""), (help.Code, help.Error));
        Assert.Contains("stories", help.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_command_imports_the_samples_into_a_file_in_the_working_directory()
    {
        var demo = await RunAsync(null, "demo");
        var list = await RunAsync(null, "stories", "list", "--json");

        Assert.Equal(0, demo.Code);
        Assert.StartsWith("Imported 3 stories, nothing lost:\n", demo.Out, StringComparison.Ordinal);
        Assert.Contains(
            $"They are kept in {Path.Combine(folder, "undercroft.db")}.", demo.Out, StringComparison.Ordinal);
        Assert.Equal(3, list.JsonLines().Count);
        Assert.Equal(["undercroft.db"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task The_script_for_bash_completes_commands()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "There is no bash.");
        var script = await RunAsync(null, "completion", "bash");
        await File.WriteAllTextAsync(
            Path.Combine(folder, "test.sh"),
            $"undercroft() {{ dotnet '{Program}' \"$@\"; }}\n{script.Out}\n"
            + "COMP_WORDS=(undercroft store ge); COMP_CWORD=2; _undercroft; echo \"${COMPREPLY[@]}\"\n"
            + "COMP_WORDS=(undercroft store verify --js); COMP_CWORD=3; _undercroft; echo \"${COMPREPLY[@]}\"\n",
            TestContext.Current.CancellationToken);

        var bash = await RunProcessAsync(null, "/bin/bash", [Path.Combine(folder, "test.sh")]);

        Assert.Equal(("get\n--json\n", ""), (bash.Out, bash.Error));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string Program => Path.Combine(AppContext.BaseDirectory, "Undercroft.Cli.dll");

    private static bool IgnoresInterrupts()
    {
        const string Status = "/proc/self/status";
        const long Interrupt = 1 << 1;
        return File.Exists(Status)
            && File.ReadLines(Status)
                .FirstOrDefault(static line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } ignored
            && (Convert.ToInt64(ignored[7..].Trim(), 16) & Interrupt) != 0;
    }

    private Process Start(string file, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = folder,
            Environment = { ["UNDERCROFT_STORE"] = null, ["STORAGE_BACKEND"] = null },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start) ?? throw new InvalidOperationException($"Cannot start {file}.");
    }

    private Task<CliResult> RunAsync(string? input, params string[] arguments) =>
        RunProcessAsync(input, "dotnet", [Program, .. arguments]);

    private async Task<CliResult> RunProcessAsync(string? input, string file, IReadOnlyList<string> arguments)
    {
        var ct = TestContext.Current.CancellationToken;
        using var process = Start(file, arguments);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var error = process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return new CliResult(process.ExitCode, await output, await error);
    }
}
