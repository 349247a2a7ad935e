using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Undercroft.Monitors;

namespace Undercroft.AspNetCore.Api;

/// <summary>The endpoints of plans.</summary>
internal static class PlanRoutes
{
    private static readonly (string, string, string) IfMatch =
        ("If-Match", "header", "The ETag last read, or several, or * to overwrite whatever is there.");

    public static IEnumerable<ApiRoute> All =>
    [
        new("POST", "/plan", "Keep a new plan. Its first run is due at once.", MonitorApiScope.Write, CreateAsync)
        {
            Status = StatusCodes.Status201Created, Request = "Plan", Response = "Plan", Errors = [409, 413, 415],
        },
        new("GET", "/plan", "List plans by environment and name.", MonitorApiScope.Read, ListAsync)
        {
            Response = "PlanPage",
            Parameters =
            [
                ("environment", "query", "Only the plans of this environment."),
                ("limit", "query", "The length of the page, 1 to 500; 50 without it."),
                ("cursor", "query", "The 'next' of an earlier page."),
            ],
        },
        new("GET", "/plan/by-name", "Read a plan by its name.", MonitorApiScope.Read, ByNameAsync)
        {
            Response = "Plan",
            Parameters =
            [
                ("name", "query", "The name."),
                ("environment", "query", "Its environment; 'default' without it."),
            ],
            Errors = [404],
        },
        new("GET", "/plan/{id}", "Read a plan.", MonitorApiScope.Read, FindAsync)
        {
            Response = "Plan",
            Parameters = [("If-None-Match", "header", "The ETag last read: the answer is 304 where it still holds.")],
            Errors = [304, 404],
        },
        new("PUT", "/plan/{id}", "Put another plan in place of one.", MonitorApiScope.Write, UpdateAsync)
        {
            Request = "Plan", Response = "Plan", Parameters = [IfMatch], Errors = [404, 409, 412, 413, 415, 428],
        },
        new("DELETE", "/plan/{id}", "Delete a plan; its runs stay.", MonitorApiScope.Write, DeleteAsync)
        {
            Status = StatusCodes.Status204NoContent, Parameters = [IfMatch], Errors = [404, 412],
        },
        new("GET", "/plan/{id}/statistics", "Count and measure the latest runs.", MonitorApiScope.Read, MeasureAsync)
        {
            Response = "Statistics",
            Parameters =
            [
                ("location", "query", "Only the runs of this location."),
                ("limit", "query", "How many runs, 1 to 10000; 1000 without it."),
            ],
            Errors = [404],
        },
    ];

    private static async Task CreateAsync(ApiCall call)
    {
        var plan = PlanText.Read(await call.BodyAsync().ConfigureAwait(false));
        var stored = await call.Monitors.Plans.CreateAsync(plan, call.Ended).ConfigureAwait(false);
        call.SetLocation($"/plan/{Uri.EscapeDataString(stored.Plan.Id)}");
        await WriteAsync(call, stored, StatusCodes.Status201Created).ConfigureAwait(false);
    }

    private static async Task ListAsync(ApiCall call)
    {
        var page = await call.Monitors.Plans
            .ListAsync(call.Query("environment"), call.Limit(), call.Query("cursor"), call.Ended)
            .ConfigureAwait(false);
        var items = page.Items.Select(static stored => new PlanItem(
            ETags.Write(stored.Revision), stored.CreatedAt, stored.UpdatedAt, ToJson(stored.Plan)));
        await call.WriteAsync(new PlanPage([.. items], page.Next), ApiJson.Plain.PlanPage).ConfigureAwait(false);
    }

    private static async Task ByNameAsync(ApiCall call)
    {
        var name = call.Query("name") ?? throw new ApiException(
            StatusCodes.Status400BadRequest, "The parameter 'name' is missing; expected the name of a plan.");
        var environment = call.Query("environment") ?? MonitorPlan.DefaultEnvironment;
        var stored = await call.Monitors.Plans.FindByNameAsync(name, environment, call.Ended).ConfigureAwait(false)
            ?? throw new ApiException(
                StatusCodes.Status404NotFound,
                $"There is no plan {Names.Show(name)} in the environment {Names.Show(environment)}.");
        await WriteAsync(call, stored).ConfigureAwait(false);
    }

    private static async Task FindAsync(ApiCall call)
    {
        var stored = await RequireAsync(call).ConfigureAwait(false);
        if (call.HasSeen(stored.Revision))
        {
            call.SetETag(stored.Revision);
            call.Answer(StatusCodes.Status304NotModified);
            return;
        }

        await WriteAsync(call, stored).ConfigureAwait(false);
    }

    private static async Task UpdateAsync(ApiCall call)
    {
        var expected = await ExpectedAsync(call, isRequired: true).ConfigureAwait(false);
        var plan = PlanText.Read(await call.BodyAsync().ConfigureAwait(false));
        var stored = await call.Monitors.Plans.UpdateAsync(call.Route("id"), plan, expected, call.Ended)
            .ConfigureAwait(false);
        await WriteAsync(call, stored).ConfigureAwait(false);
    }

    private static async Task DeleteAsync(ApiCall call)
    {
        var expected = await ExpectedAsync(call, isRequired: false).ConfigureAwait(false);
        if (!await call.Monitors.Plans.DeleteAsync(call.Route("id"), expected, call.Ended).ConfigureAwait(false))
        {
            throw NotFound(call);
        }

        call.Answer(StatusCodes.Status204NoContent);
    }

    private static async Task MeasureAsync(ApiCall call)
    {
        var stored = await RequireAsync(call).ConfigureAwait(false);
        var statistics = await call.Monitors.Runs
            .StatisticsAsync(stored.Plan.Id, call.Query("location"), call.Limit(1000, 10_000), call.Ended)
            .ConfigureAwait(false);
        await call.WriteAsync(statistics, ApiJson.Plain.MonitorStatistics).ConfigureAwait(false);
    }

    private static ValueTask<Revision?> ExpectedAsync(ApiCall call, bool isRequired) => call.ExpectedAsync(
        isRequired,
        async () => (await call.Monitors.Plans.FindAsync(call.Route("id"), call.Ended).ConfigureAwait(false))
            ?.Revision);

    private static async Task<StoredPlan> RequireAsync(ApiCall call) =>
        await call.Monitors.Plans.FindAsync(call.Route("id"), call.Ended).ConfigureAwait(false)
            ?? throw NotFound(call);

    private static ApiException NotFound(ApiCall call) => new(
        StatusCodes.Status404NotFound,
        $"There is no plan {Names.Show(call.Route("id"))}. GET /plan lists those there are.");

    private static Task WriteAsync(ApiCall call, StoredPlan stored, int status = StatusCodes.Status200OK)
    {
        call.SetETag(stored.Revision);
        return call.WriteAsync(PlanText.Write(stored.Plan), status);
    }

    private static JsonElement ToJson(MonitorPlan plan)
    {
        using var document = JsonDocument.Parse(PlanText.Write(plan));
        return document.RootElement.Clone();
    }
}
