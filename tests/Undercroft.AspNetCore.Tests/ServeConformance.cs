using System.Net;

namespace Undercroft.AspNetCore.Tests;

/// <summary>The service as its users start it: one process, or several of which one is killed. A binding says on which
/// store.</summary>
public abstract class ServeConformance
{
    private const string EverySecond = """ "frequency": {"every": 1, "unit": "SECOND"}, """;

    /// <summary>The URI of a store that is empty when a test begins.</summary>
    protected abstract string Store { get; }

    [Fact]
    public async Task One_command_starts_the_service_and_a_posted_plan_runs_on_schedule()
    {
        await using var target = await Target.StartAsync();
        string id;
        await using (var process = await ServeAsync())
        {
            using var api = new Api(process.Url);
            var made = await api.PostAsync("/plan", Plans.Watching(target.Url, schedule: EverySecond));
            Assert.Equal(HttpStatusCode.Created, made.Status);
            id = (string)made.Json!["id"]!;
            var runs = await api.CompletedAsync(id, 2);
            var statistics = await api.GetAsync($"/plan/{id}/statistics");
            var health = await api.GetAsync("/health");

            Assert.All(runs, static run => Assert.True((bool)run!["success"]!));
            Assert.InRange((int)statistics.Json!["runs"]!, 2, 1000);
            Assert.Equal((HttpStatusCode.OK, "healthy\n"), (health.Status, health.Text));
            Assert.Equal(0, (await process.StopAsync()).Code);
        }

        // What was done is there for the next process.
        await using var again = await ServeAsync();
        using var later = new Api(again.Url);
        _ = await later.CompletedAsync(id, 3);
    }

    [Fact]
    public async Task Of_three_agents_one_is_killed_and_its_run_is_carried_out_by_another()
    {
        await using var target = await Target.StartAsync(isOpen: false);
        await using var service = await ServeAsync("--no-worker");
        await using var one = await AgentAsync("one");
        await using var two = await AgentAsync("two");
        await using var three = await AgentAsync("three");
        var agents = new Dictionary<string, UndercroftProcess> { ["one"] = one, ["two"] = two, ["three"] = three };
        using var api = new Api(service.Url);
        var id = (string)(await api.PostAsync("/plan", Plans.Watching(target.Url, schedule: EverySecond))).Json!["id"]!;

        // The server that is watched keeps the run from its end, so its worker is at it when it dies.
        var held = await Waiting.ForAsync(
            async () =>
            {
                var page = await api.GetAsync($"/runs?plan={id}&status=running");
                return target.Asked > 0 ? page.Json!["items"]!.AsArray().FirstOrDefault() : null;
            },
            "a run at work");
        var worker = (string)held["worker"]!;
        await agents[worker].KillAsync();
        target.Open();

        var run = await Waiting.ForAsync(
            async () =>
            {
                var found = (await api.GetAsync($"/runs/{held["id"]}")).Json!;
                return (string)found["status"]! is "completed" or "failed" ? found : null;
            },
            "the end of the run of the dead agent");
        var all = await api.CompletedAsync(id, 3);

        Assert.Equal(("completed", true), ((string)run["status"]!, (bool)run["success"]!));
        Assert.True((int)run["attempts"]! > 1);
        Assert.NotEqual(worker, (string)run["worker"]!);
        var due = all.Select(static one => (string)one!["scheduledFor"]!).ToList();
        Assert.Equal(due.Distinct(StringComparer.Ordinal).Count(), due.Count);
        Assert.All(all, static one => Assert.True((bool)one!["success"]!));
    }

    internal Task<UndercroftProcess> ServeAsync(params string[] more) => UndercroftProcess.StartAsync(
        ["serve", "--store", Store, "--urls", "http://127.0.0.1:0", "--allow", "loopback", .. more]);

    private Task<UndercroftProcess> AgentAsync(string name) => UndercroftProcess.StartAsync(
        "agent", "--store", Store, "--name", name, "--allow", "loopback", "--concurrency", "1");
}
