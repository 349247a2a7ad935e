using System.Diagnostics;

namespace Architecture.Tests;

/// <summary><c>./test</c> itself, run on projects that are shell scripts: they print and report what programs of tests
/// do.</summary>
public sealed class TestScriptTests : IDisposable
{
    // Takes the place of dotnet: a build succeeds, and a program is the script of its project. It counts its calls.
    private const string Dotnet =
        """
        #!/usr/bin/env bash
        [ "$1" = build ] && exit 0
        name=$(basename "$1" .dll)
        echo "$*" >>"calls-$name"
        calls=$(wc -l <"calls-$name")
        report="artifacts/test/$name.xml"
        summary() {
          printf 'Test run summary\n  total: %d\n  failed: %d\n  succeeded: %d\n  skipped: 0\n' $(($1 + $2)) "$2" "$1"
        }
        fails() {
          printf 'failed N.C.%s (1ms)\n  it is %s\n\n' "$1" "$2"
          [ "$calls" -gt 1 ] || printf '<test name="x" result="Fail" type="N.C" method="%s" />' "$1" >>"$report"
        }
        source "tests/$name/script"
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("undercroft-script-");

    public TestScriptTests()
    {
        Write("bin/dotnet", Dotnet);
        Write("test", House.Read("test"));
        Write(".ci/expected-skips", "");
        Write("Undercroft.slnx", "");
    }

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_test_that_fails_once_is_shown_as_unsteady_and_stops_nobody()
    {
        Write("tests/One.Tests/script", "summary 3 0");
        Write(
            "tests/Two.Tests/script",
            """
            [ "$calls" = 1 ] || { summary 1 0; exit 0; }
            fails B wrong
            summary 2 1
            exit 2
            """);

        var (code, lines) = await RunAsync();

        Assert.Equal("6 passed, 0 failed, 0 skipped", lines[^1]);
        Assert.Equal("  N.C.B", lines[^2]);
        Assert.StartsWith("1 unsteady, each of them a bug to mend", lines[^3], StringComparison.Ordinal);
        Assert.Contains(lines, static line => line.Contains("3 passed, 1 of them unsteady", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.StartsWith("    unsteady: N.C.B failed", StringComparison.Ordinal));
        Assert.Contains("      it is wrong", lines);
        Assert.EndsWith("--filter-method N.C.B", Calls("Two.Tests")[^1], StringComparison.Ordinal);
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task A_test_that_fails_twice_has_failed()
    {
        Write("tests/One.Tests/script", "fails A wrong; summary \"$((2 - calls))\" 1; exit 2");

        var (code, lines) = await RunAsync();

        Assert.Equal("1 passed, 1 failed, 0 skipped", lines[^1]);
        Assert.Contains("    failed again: N.C.A", lines);
        Assert.Equal((1, 2), (code, Calls("One.Tests").Length));
    }

    [Theory]
    [InlineData("for i in 1 2 3 4 5 6; do fails \"A$i\" wrong; done; summary 1 6; exit 2", 6)]
    [InlineData("fails A wrong; summary 1 1; exit 134", 1)]
    [InlineData("fails A wrong; summary 1 2; exit 2", 2)]
    [InlineData("fails A wrong; echo ' errors=\"1\"' >>\"$report\"; summary 1 1; exit 2", 1)]
    public async Task What_is_more_than_a_few_failed_tests_is_not_repeated(string script, int failed)
    {
        Write("tests/One.Tests/script", script);

        var (code, lines) = await RunAsync();

        Assert.Equal($"1 passed, {failed} failed, 0 skipped", lines[^1]);
        Assert.Equal((1, 1), (code, Calls("One.Tests").Length));
    }

    [Fact]
    public async Task A_program_that_ends_without_a_word_is_a_failure()
    {
        Write("tests/One.Tests/script", "exit 139");

        var (code, lines) = await RunAsync();

        Assert.Equal("0 passed, 1 failed, 0 skipped", lines[^1]);
        Assert.Equal(1, code);
    }

    private string[] Calls(string project) => File.ReadAllLines(Path.Combine(folder.FullName, $"calls-{project}"));

    private void Write(string path, string text)
    {
        var file = new FileInfo(Path.Combine(folder.FullName, path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, text + "\n");
        if (!OperatingSystem.IsWindows())
        {
            file.UnixFileMode |= UnixFileMode.UserExecute;
        }
    }

    private async Task<(int Code, string[] Lines)> RunAsync()
    {
        var cancel = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo("bash", [Path.Combine(folder.FullName, "test")])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["PATH"] = $"{Path.Combine(folder.FullName, "bin")}:{start.Environment["PATH"]}";
        _ = start.Environment.Remove("CI");
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return (process.ExitCode, output.TrimEnd('\n').Split('\n'));
    }
}
