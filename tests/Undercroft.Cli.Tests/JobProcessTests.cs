using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Undercroft.Cli.Tests;

/// <summary>The programs of <c>jobs work</c>, whatever they do.</summary>
[SuppressMessage("Interoperability", "CA1416", Justification = "Each is skipped where there is no sh.")]
public sealed class JobProcessTests : CliFixture
{
    [Fact]
    public async Task A_program_runs_in_a_session_of_its_own_so_that_the_terminal_does_not_end_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Sessions are looked at in /proc.");

        // Process, group and session are the fields 1, 5 and 6.
        var job = await WorkAsync("mail", "echo \\\"$(cut -d' ' -f1,5,6 /proc/$$/stat)\\\"");

        var ids = job.GetProperty("result").GetString()!.Trim().Split(' ');
        Assert.Equal(3, ids.Length);
        _ = Assert.Single(ids.Distinct());
    }

    [Fact]
    public async Task The_last_words_are_kept_and_nothing_of_where_the_worker_threw()
    {
        SkipWithoutShell();
        var job = await WorkAsync(
            "mail", "i=0; while [ $i -lt 2000 ]; do echo \"line $i\" >&2; i=$((i+1)); done; echo end >&2; exit 3");

        var message = job.GetProperty("errors")[0].GetProperty("message").GetString()!;
        Assert.Equal("scheduled", job.GetProperty("state").GetString());
        Assert.StartsWith("'sh' ended with exit code 3: …", message, StringComparison.Ordinal);
        Assert.EndsWith("line 1999\nend", message, StringComparison.Ordinal);
        Assert.DoesNotContain("line 0\n", message, StringComparison.Ordinal);
        Assert.DoesNotContain(" at Undercroft.", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_that_is_too_large_is_a_failure_for_good_and_not_half_a_result()
    {
        SkipWithoutShell();
        var job = await WorkAsync("mail", "head -c 1048577 /dev/zero | tr '\\0' x");

        Assert.Equal("dead", job.GetProperty("state").GetString());
        Assert.StartsWith(
            "'sh' ended well, but has written more than 1 MiB to its standard output",
            job.GetProperty("errors")[0].GetProperty("message").GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_program_leaves_in_the_background_does_not_hold_its_place()
    {
        SkipWithoutShell();
        using var ending = new BackgroundEnd(PathOf("pid"));
        var job = await WorkAsync("mail", $"sleep 3600 & echo $! > '{PathOf("pid")}'; echo '\"done\"'");

        Assert.Equal("succeeded", job.GetProperty("state").GetString());
        Assert.Equal("done", job.GetProperty("result").GetString());
    }

    [Theory]
    [InlineData("/no/such/program")]
    [InlineData("no-such-program-anywhere")]
    public async Task A_program_that_is_not_there_is_named(string program)
    {
        var enqueued = await RunAsync("jobs", "enqueue", "mail");
        _ = await RunAsync("jobs", "work", "-k", "mail", "--once", "--", program);
        var show = await RunAsync("jobs", "show", enqueued.Out.Split(' ')[0].Trim(), "--json");

        using var json = JsonDocument.Parse(show.Out);
        Assert.Equal("scheduled", json.RootElement.GetProperty("state").GetString());
        Assert.StartsWith(
            $"The command '{program}' cannot be started:",
            json.RootElement.GetProperty("errors")[0].GetProperty("message").GetString(),
            StringComparison.Ordinal);
    }

    private static void SkipWithoutShell() =>
        Assert.SkipUnless(!OperatingSystem.IsWindows(), "There is no sh.");

    private async Task<JsonElement> WorkAsync(string kind, string script)
    {
        var enqueued = await RunAsync("jobs", "enqueue", kind, "--json");
        using var view = JsonDocument.Parse(enqueued.Out);
        var id = view.RootElement.GetProperty("id").GetString()!;
        _ = await RunAsync("jobs", "work", "-k", kind, "--once", "--", "sh", "-c", script);
        var show = await RunAsync("jobs", "show", id, "--json");
        using var json = JsonDocument.Parse(show.Out);
        return json.RootElement.Clone();
    }

    /// <summary>Ends the process whose id is in a file.</summary>
    private sealed class BackgroundEnd(string path) : IDisposable
    {
        public void Dispose()
        {
            if (File.Exists(path))
            {
                using var left = System.Diagnostics.Process.GetProcessById(
                    int.Parse(File.ReadAllText(path), System.Globalization.CultureInfo.InvariantCulture));
                left.Kill();
            }
        }
    }
}
