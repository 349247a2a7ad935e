using System.Net;

namespace Undercroft.AspNetCore.Tests;

/// <summary>The service as its users start it: one process, or several of which one is killed.</summary>
public sealed class ServeTests : IDisposable
{
    private const string EverySecond = """ "frequency": {"every": 1, "unit": "SECOND"}, """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("undercroft-serve-");

    private string Store => $"sqlite:{folder.FullName}/monitors.db";

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
            Assert.Equal((0, ""), await process.StopAsync());
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

        Assert.Equal(("completed", true, 2), ((string)run["status"]!, (bool)run["success"]!, (int)run["attempts"]!));
        Assert.NotEqual(worker, (string)run["worker"]!);
        var due = all.Select(static one => (string)one!["scheduledFor"]!).ToList();
        Assert.Equal(due.Distinct(StringComparer.Ordinal).Count(), due.Count);
        Assert.All(all, static one => Assert.True((bool)one!["success"]!));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_one_sentence()
    {
        await using var service = await ServeAsync();
        await using var second = await UndercroftProcess.StartAsync(
            "serve", "--store", "memory:", "--urls", service.Url);

        var (code, error) = await second.EndAsync();

        Assert.Equal(1, code);
        Assert.Equal(
            $"undercroft: Cannot listen on {service.Url}: another program has the port. End it, or choose another by "
            + "--urls.\n",
            error.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Where_others_can_call_keys_are_wanted()
    {
        await using var open = await UndercroftProcess.StartAsync(
            "serve", "--store", Store, "--urls", "http://0.0.0.0:0");
        var (code, error) = await open.EndAsync();
        await using var made = await UndercroftProcess.StartAsync("monitors", "keys", "create", "me", "--store", Store);
        await using var service = await ServeAsync("--require-keys");
        using var api = new Api(service.Url);

        var without = await api.GetAsync("/plan");
        api.Key = (string)made.Announced!["key"]!;
        var with = await api.GetAsync("/plan");

        Assert.Equal(2, code);
        Assert.Contains("Callers need a key here, and there is none. Make one: 'undercroft monitors keys create", error,
            StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, without.Status);
        Assert.Equal(HttpStatusCode.OK, with.Status);
    }

    [Fact]
    public async Task Without_keys_a_page_of_another_site_is_refused()
    {
        await using var service = await ServeAsync();
        using var api = new Api(service.Url);

        var foreign = await api.GetAsync("/plan", ("Host", "evil.example"));

        Assert.Equal(HttpStatusCode.Forbidden, foreign.Status);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private Task<UndercroftProcess> ServeAsync(params string[] more) => UndercroftProcess.StartAsync(
        ["serve", "--store", Store, "--urls", "http://127.0.0.1:0", "--allow", "loopback", .. more]);

    private Task<UndercroftProcess> AgentAsync(string name) => UndercroftProcess.StartAsync(
        "agent", "--store", Store, "--name", name, "--allow", "loopback", "--concurrency", "1");
}
