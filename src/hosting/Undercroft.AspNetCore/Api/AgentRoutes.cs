using Microsoft.AspNetCore.Http;
using Undercroft.Monitors;

namespace Undercroft.AspNetCore.Api;

/// <summary>The endpoints of agents.</summary>
internal static class AgentRoutes
{
    public static IEnumerable<ApiRoute> All =>
    [
        new("POST", "/agents/register", "Make an agent known.", MonitorApiScope.Write, RegisterAsync)
        {
            Status = StatusCodes.Status201Created,
            Request = "AgentRegistration",
            Response = "Agent",
            Errors = [413, 415],
        },
        new("POST", "/agents/{id}/heartbeat", "Say that an agent is there.", MonitorApiScope.Write, BeatAsync)
        {
            Status = StatusCodes.Status204NoContent, Errors = [404],
        },
        new("DELETE", "/agents/{id}", "Forget an agent.", MonitorApiScope.Write, RemoveAsync)
        {
            Status = StatusCodes.Status204NoContent, Errors = [404],
        },
        new("GET", "/agents", "List the agents, oldest first.", MonitorApiScope.Read, ListAsync)
        {
            Response = "AgentList", Parameters = [("location", "query", "Only the agents of this location.")],
        },
        new("GET", "/agents/locations", "List the locations and how many agents are there.", MonitorApiScope.Read,
            LocationsAsync)
        {
            Response = "LocationList",
        },
    ];

    private static async Task RegisterAsync(ApiCall call)
    {
        var registration = await call.BodyAsync(ApiJson.Default.AgentRegistration).ConfigureAwait(false);
        var agent = await call.Monitors.Agents.RegisterAsync(
            registration.Location ?? MonitorPlan.DefaultLocation, registration.Metadata, call.Ended)
            .ConfigureAwait(false);
        await call.WriteAsync(agent, ApiJson.Plain.MonitorAgent, StatusCodes.Status201Created)
            .ConfigureAwait(false);
    }

    private static async Task BeatAsync(ApiCall call)
    {
        if (!await call.Monitors.Agents.HeartbeatAsync(call.Route("id"), call.Ended).ConfigureAwait(false))
        {
            throw NotFound(call);
        }

        call.Answer(StatusCodes.Status204NoContent);
    }

    private static async Task RemoveAsync(ApiCall call)
    {
        if (!await call.Monitors.Agents.RemoveAsync(call.Route("id"), call.Ended).ConfigureAwait(false))
        {
            throw NotFound(call);
        }

        call.Answer(StatusCodes.Status204NoContent);
    }

    private static async Task ListAsync(ApiCall call)
    {
        var agents = await call.Monitors.Agents.ListAsync(call.Query("location"), call.Ended).ConfigureAwait(false);
        await call.WriteAsync(new AgentList(agents), ApiJson.Plain.AgentList).ConfigureAwait(false);
    }

    private static async Task LocationsAsync(ApiCall call)
    {
        var locations = await call.Monitors.Agents.LocationsAsync(call.Ended).ConfigureAwait(false);
        await call.WriteAsync(new LocationList(locations), ApiJson.Plain.LocationList).ConfigureAwait(false);
    }

    private static ApiException NotFound(ApiCall call) => new(
        StatusCodes.Status404NotFound,
        $"There is no agent {Names.Show(call.Route("id"))}. Register it, or again if it was silent for too long.");
}
