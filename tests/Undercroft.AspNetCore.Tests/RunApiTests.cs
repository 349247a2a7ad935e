using System.Net;
using System.Text.Json.Nodes;

namespace Undercroft.AspNetCore.Tests;

/// <summary>The endpoints of runs, against a real server that is watched.</summary>
public sealed class RunApiTests
{
    [Fact]
    public async Task A_triggered_plan_runs_and_its_history_can_be_asked()
    {
        await using var target = await Target.StartAsync();
        await using var service = await Service.StartAsync();
        var api = service.Api;
        var id = (string)(await api.PostAsync("/plan", Plans.Watching(target.Url))).Json!["id"]!;
        var bad = (string)(await api.PostAsync("/plan", Plans.Watching(target.Url, "bad", expected: 500))).Json!["id"]!;

        var triggered = await api.PostAsync($"/plan/{id}/trigger");
        _ = await api.PostAsync($"/plan/{bad}/trigger");
        var run = (await api.CompletedAsync(id, 1))[0]!;
        var failed = (await api.CompletedAsync(bad, 1))[0]!;
        var events = await api.GetAsync($"/runs/{run["id"]}/events");
        var statistics = await api.GetAsync($"/plan/{bad}/statistics");
        var failures = await api.GetAsync("/runs?success=false");
        var none = await api.GetAsync("/runs?before=2001-01-01T00:00:00Z");

        Assert.Equal(HttpStatusCode.Accepted, triggered.Status);
        Assert.Equal($"/runs/{run["id"]}", triggered.Location);
        Assert.Equal(((string)run["id"]!, "api", true), (
            (string)triggered.Json!["runs"]![0]!["id"]!,
            (string)run["triggeredBy"]!,
            (bool)run["success"]!));
        Assert.Equal(
            ["passed 200", "passed "],
            run["nodes"]!.AsArray().Select(static node => $"{node!["status"]} {node["httpStatus"]}"));
        Assert.Equal(
            "MONITOR_START NODE_START HTTP_REQUEST HTTP_RESPONSE NODE_END NODE_START ASSERTION_RESULT NODE_END "
            + "MONITOR_END",
            string.Join(' ', events.Json!["events"]!.AsArray().Select(static one => (string)one!["type"]!)));
        Assert.Equal(
            "check: ask status: expected EQUAL 500, found 200", (string)failed["errors"]!.AsArray().Single()!);
        Assert.Equal((1, 0, 0.0), (
            (int)statistics.Json!["runs"]!,
            (int)statistics.Json["successes"]!,
            (double)statistics.Json["successRate"]!));
        Assert.Equal((double)failed["durationMs"]!, (double)statistics.Json["p95Ms"]!);
        Assert.Equal([bad], Ids(failures.Json!));
        Assert.Empty(none.Json!["items"]!.AsArray());
    }

    [Fact]
    public async Task A_plan_with_a_schedule_runs_by_itself_and_each_due_time_once()
    {
        await using var target = await Target.StartAsync();
        await using var service = await Service.StartAsync();
        var plan = Plans.Watching(target.Url, schedule: """ "frequency": {"every": 1, "unit": "SECOND"}, """);
        var id = (string)(await service.Api.PostAsync("/plan", plan)).Json!["id"]!;

        var runs = await service.Api.CompletedAsync(id, 3);

        Assert.All(runs, static run => Assert.Equal(
            ("schedule", true), ((string)run!["triggeredBy"]!, (bool)run["success"]!)));
        var due = runs.Select(static run => (string)run!["scheduledFor"]!).ToList();
        Assert.Equal(due.Distinct(StringComparer.Ordinal).Count(), due.Count);
    }

    [Fact]
    public async Task An_unknown_plan_cannot_be_triggered()
    {
        await using var service = await Service.StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await service.Api.PostAsync("/plan/none/trigger")).Status);
    }

    private static IEnumerable<string> Ids(JsonNode page) =>
        page["items"]!.AsArray().Select(static run => (string)run!["planId"]!);
}
