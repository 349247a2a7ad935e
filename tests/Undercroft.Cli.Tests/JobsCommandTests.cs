using System.Text.Json;

namespace Undercroft.Cli.Tests;

public sealed class JobsCommandTests : CliFixture
{
    private static readonly string[] Shell = OperatingSystem.IsWindows() ? ["cmd", "/c"] : ["sh", "-c"];

    [Fact]
    public async Task A_job_is_enqueued_worked_on_by_a_command_and_shown_with_its_result()
    {
        var id = await EnqueueAsync("mail", """{"to":"Ann"}""");

        var work = await RunAsync(["jobs", "work", "--kind", "mail", "--once", "--", .. Shell, "cat"]);
        var show = await RunAsync("jobs", "show", id, "--json");

        Assert.Equal(0, work.Code);
        Assert.Contains($"{id}  mail  done", work.Out, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(show.Out);
        Assert.Equal("succeeded", json.RootElement.GetProperty("state").GetString());
        Assert.Equal("Ann", json.RootElement.GetProperty("result").GetProperty("to").GetString());
    }

    [Fact]
    public async Task Half_of_a_surrogate_pair_in_a_payload_is_shown_as_it_was_written()
    {
        const string Payload = """{"a":"\ud800"}""";
        _ = await EnqueueAsync("mail", Payload);

        var list = await RunAsync("jobs", "list", "--json");

        Assert.Contains($"\"payload\":{Payload}", list.MustSucceed().Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("The kind is empty; expected a name of 1 to 128 bytes in UTF-8.", "jobs", "enqueue", "")]
    [InlineData(
        "The queue is empty; expected a name of 1 to 128 bytes in UTF-8.", "jobs", "enqueue", "x", "--queue", "")]
    [InlineData("The key has no name; expected who will use it.", "monitors", "keys", "create", "")]
    public async Task What_is_empty_is_named(string expected, params string[] arguments)
    {
        var result = await RunAsync(arguments);

        Assert.Equal(2, result.Code);
        Assert.Equal($"undercroft: {expected}\n", result.Error.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task A_command_that_fails_is_tried_again_and_one_that_says_so_is_dead_and_can_be_retried()
    {
        var again = await EnqueueAsync("mail", "again");
        var dead = await EnqueueAsync("mail", "dead");
        string[] command =
        [
            "jobs", "work", "-k", "mail", "--once", "--", .. Shell,
            "read line; case \"$line\" in again) echo later >&2; exit 1;; *) echo never >&2; exit 65;; esac",
        ];

        _ = await RunAsync(command);
        var first = await RunAsync("jobs", "list", "--state", "scheduled", "--state", "dead", "--json");
        var retry = await RunAsync("jobs", "retry", "--dead");
        var list = await RunAsync("jobs", "list", "--state", "ready");

        var states = first.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => JsonDocument.Parse(line).RootElement)
            .Select(static job => (
                job.GetProperty("id").GetString(), job.GetProperty("state").GetString(),
                job.GetProperty("errors")[0].GetProperty("message").GetString()!))
            .ToList();
        Assert.Equal([(again, "scheduled"), (dead, "dead")], states.Select(static job => (job.Item1, job.Item2)));
        Assert.Contains("exit code 1: later", states[0].Item3, StringComparison.Ordinal);
        Assert.Contains("exit code 65: never", states[1].Item3, StringComparison.Ordinal);
        Assert.Contains("1 dead letter will run again.", retry.Error, StringComparison.Ordinal);
        Assert.Contains(dead, list.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Jobs_are_cancelled_and_what_cannot_be_is_said()
    {
        var id = await EnqueueAsync("mail", "x");

        var first = await RunAsync("jobs", "cancel", id);
        var second = await RunAsync("jobs", "cancel", id);

        Assert.Equal((0, $"{id} is cancelled.\n"), (first.Code, first.Out));
        Assert.Equal((4, $"{id} stays as it is: it is cancelled.\n"), (second.Code, second.Out));
    }

    [Fact]
    public async Task A_paused_queue_is_not_worked_on()
    {
        _ = await EnqueueAsync("mail", "x");

        var pause = await RunAsync("jobs", "pause", "default");
        var work = await RunAsync(["jobs", "work", "-k", "mail", "--once", "--", .. Shell, "cat"]);
        var stats = await RunAsync("jobs", "stats", "--json");
        _ = await RunAsync("jobs", "resume", "default");
        var resumed = await RunAsync(["jobs", "work", "-k", "mail", "--once", "--", .. Shell, "cat"]);

        Assert.Equal("default is paused.\n", pause.Out);
        Assert.Contains(
            "0 runs; 'default' is paused: 'undercroft jobs resume default' has workers claim from there again.",
            work.Error,
            StringComparison.Ordinal);
        using var json = JsonDocument.Parse(stats.Out);
        Assert.True(json.RootElement.GetProperty("paused").GetBoolean());
        Assert.Equal(1, json.RootElement.GetProperty("ready").GetInt64());
        Assert.Contains("1 run;", resumed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_queue_that_is_paused_is_told_of_though_there_is_no_job_in_it()
    {
        _ = await EnqueueAsync("mail", "x");
        _ = (await RunAsync("jobs", "pause", "slow")).MustSucceed();

        var stats = await RunAsync("jobs", "stats");
        var work = await RunAsync(
            ["jobs", "work", "-k", "mail", "-q", "slow", "-q", "default", "--once", "--", .. Shell, "cat"]);

        Assert.Matches("(?m)^slow .*paused", stats.Out);
        Assert.Contains(
            "1 run; nothing is ready or due in the others any more, and 'slow' is paused: "
            + "'undercroft jobs resume slow'",
            work.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_unique_job_is_enqueued_once_and_says_so()
    {
        var first = await RunAsync("jobs", "enqueue", "mail", "--unique", "k", "--json");
        var second = await RunAsync("jobs", "enqueue", "mail", "--unique", "k", "--json");

        using var one = JsonDocument.Parse(first.Out);
        using var two = JsonDocument.Parse(second.Out);
        Assert.Equal("enqueued", one.RootElement.GetProperty("effect").GetString());
        Assert.Equal("existing", two.RootElement.GetProperty("effect").GetString());
        Assert.Equal(one.RootElement.GetProperty("id").GetString(), two.RootElement.GetProperty("id").GetString());
    }

    [Fact]
    public async Task What_a_worker_has_to_say_is_not_lost()
    {
        var id = await EnqueueAsync("mail", "x");

        var work = await RunAsync("jobs", "work", "-k", "mail", "--once", "--", "sh", "-c", "exit 65");

        Assert.Contains(
            $"Error: Undercroft.Jobs.JobWorker: Job {id} (mail) is dead after attempt 1", work.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_live_view_shows_queues_and_ends_when_asked()
    {
        _ = await EnqueueAsync("mail", "x");

        var watch = await RunAsync("jobs", "watch", "--times", "2", "--every", "50ms");

        Assert.Equal(0, watch.Code);
        Assert.Equal(2, watch.Out.Split("default").Length - 1);
    }

    [Theory]
    [InlineData(2, "is no id of a job", "show", "abc")]
    [InlineData(3, "There is no job 00000000000000000000000000000001", "show", "00000000000000000000000000000001")]
    [InlineData(2, "--state is 'late'; expected one of scheduled, ready", "list", "--state", "late")]
    [InlineData(2, "--delay is '-5s'", "enqueue", "mail", "--delay=-5s")]
    [InlineData(2, "Name the jobs to retry, or --dead", "retry")]
    [InlineData(2, "--every is 1ms; expected 50ms to 1d", "watch", "--every", "1ms")]
    [InlineData(2, "--concurrency must be 1 to 1000", "work", "-k", "a", "--concurrency", "0", "--", "cat")]
    [InlineData(2, "Undercroft:Jobs:Lease is", "work", "-k", "a", "--lease", "1ms", "--", "cat")]
    public async Task What_is_wrong_is_said_in_one_sentence(int code, string expected, params string[] arguments)
    {
        var result = await RunAsync(["jobs", .. arguments]);

        Assert.Equal(code, result.Code);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
    }

    private async Task<string> EnqueueAsync(string kind, string payload)
    {
        var result = await RunAsync("jobs", "enqueue", kind, payload);
        Assert.Equal(0, result.Code);
        return result.Out.Trim();
    }
}
