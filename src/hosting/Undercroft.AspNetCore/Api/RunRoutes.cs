using Microsoft.AspNetCore.Http;
using Undercroft.Monitors;

namespace Undercroft.AspNetCore.Api;

/// <summary>The endpoints of runs.</summary>
internal static class RunRoutes
{
    private static readonly (string Word, MonitorRunStatus Meaning)[] Statuses =
    [
        ("pending", MonitorRunStatus.Pending),
        ("running", MonitorRunStatus.Running),
        ("completed", MonitorRunStatus.Completed),
        ("failed", MonitorRunStatus.Failed),
    ];

    public static IEnumerable<ApiRoute> All =>
    [
        new("POST", "/plan/{id}/trigger", "Have a plan run now, in all its locations.", MonitorApiScope.Write,
            TriggerAsync)
        {
            Status = StatusCodes.Status202Accepted, Response = "RunList", Errors = [404],
        },
        new("GET", "/runs", "List runs, latest first.", MonitorApiScope.Read, ListAsync)
        {
            Response = "RunPage",
            Parameters =
            [
                ("plan", "query", "Only the runs of this plan, by id."),
                ("location", "query", "Only the runs of this location."),
                ("status", "query", "Only the runs that are pending, running, completed or failed."),
                ("success", "query", "Only the runs with this outcome: true or false."),
                ("from", "query", "Only the runs made at or after this time."),
                ("before", "query", "Only the runs made before this time."),
                ("limit", "query", "The length of the page, 1 to 500; 50 without it."),
                ("cursor", "query", "The 'next' of an earlier page."),
            ],
        },
        new("GET", "/runs/{id}", "Read a run.", MonitorApiScope.Read, FindAsync) { Response = "Run", Errors = [404] },
        new("GET", "/runs/{id}/events", "What happened in a run.", MonitorApiScope.Read, EventsAsync)
        {
            Response = "EventList", Errors = [404],
        },
    ];

    private static async Task TriggerAsync(ApiCall call)
    {
        var runs = await call.Monitors.Runs.TriggerAsync(call.Route("id"), MonitorRunTrigger.Api, call.Ended)
            .ConfigureAwait(false);
        call.SetLocation($"/runs/{runs[0].Id}");
        await call.WriteAsync(new RunList(runs), ApiJson.Plain.RunList, StatusCodes.Status202Accepted)
            .ConfigureAwait(false);
    }

    private static async Task ListAsync(ApiCall call)
    {
        var filter = new MonitorRunFilter
        {
            PlanId = call.Query("plan"),
            Location = call.Query("location"),
            Status = Status(call),
            Success = Success(call),
            From = call.Time("from"),
            Before = call.Time("before"),
        };
        var page = await call.Monitors.Runs.ListAsync(filter, call.Limit(), call.Query("cursor"), call.Ended)
            .ConfigureAwait(false);
        await call.WriteAsync(new RunPage(page.Items, page.Next), ApiJson.Plain.RunPage).ConfigureAwait(false);
    }

    private static async Task FindAsync(ApiCall call)
    {
        var run = await call.Monitors.Runs.FindAsync(call.Route("id"), call.Ended).ConfigureAwait(false)
            ?? throw NotFound(call);
        await call.WriteAsync(run, ApiJson.Plain.MonitorRun).ConfigureAwait(false);
    }

    private static async Task EventsAsync(ApiCall call)
    {
        var events = await call.Monitors.Runs.EventsAsync(call.Route("id"), call.Ended).ConfigureAwait(false)
            ?? throw NotFound(call);
        await call.WriteAsync(new EventList(events), ApiJson.Plain.EventList).ConfigureAwait(false);
    }

    private static MonitorRunStatus? Status(ApiCall call)
    {
        if (call.Query("status") is not { } text)
        {
            return null;
        }

        foreach (var (word, meaning) in Statuses)
        {
            if (word == text)
            {
                return meaning;
            }
        }

        throw new ApiException(
            StatusCodes.Status400BadRequest,
            $"The parameter 'status' is {Names.Show(text)}; expected "
            + $"{string.Join(", ", Statuses.Select(static pair => pair.Word))}.");
    }

    private static bool? Success(ApiCall call) => call.Query("success") switch
    {
        null => null,
        "true" => true,
        "false" => false,
        var text => throw new ApiException(
            StatusCodes.Status400BadRequest,
            $"The parameter 'success' is {Names.Show(text)}; expected true or false."),
    };

    private static ApiException NotFound(ApiCall call) => new(
        StatusCodes.Status404NotFound,
        $"There is no run {Names.Show(call.Route("id"))}. It may have been forgotten; GET /runs lists what there is.");
}
