using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Undercroft.Monitors;

namespace Undercroft.AspNetCore.Api;

/// <summary>What every call goes through: who calls, what is done, and what failed.</summary>
internal sealed class ApiDispatcher(MonitorService monitors, MonitorApiOptions options, ILogger logger)
{
    private const string Bearer = "Bearer ";

    public static IReadOnlyList<ApiRoute> Routes { get; } = [.. PlanRoutes.All, .. RunRoutes.All, .. AgentRoutes.All];

    public async Task InvokeAsync(HttpContext http, ApiRoute route)
    {
        var clock = http.RequestServices.GetService<TimeProvider>() ?? TimeProvider.System;
        using var asking = new StoreLimit(options.StoreTimeout, clock, http.RequestAborted);
        using var limit = new StoreLimit(options.StoreTimeout, clock, http.RequestAborted);
        try
        {
            await AuthorizeAsync(http, route, asking).ConfigureAwait(false);
            var call = new ApiCall(http, route, monitors, options, limit);
            call.CheckQuery();
            await route.Handle(call).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone.
        }
        catch (OperationCanceledException error)
            when ((asking.IsOver || limit.IsOver) && !http.Response.HasStarted)
        {
            var mayHaveHappened = limit.IsOver && route.Scope == MonitorApiScope.Write;
            var problem = ApiProblems.NoAnswer(options.StoreTimeout, mayHaveHappened);
            Log.CallFailed(logger, new TimeoutException(problem.Detail, error), route.Method, route.Pattern);
            http.Response.Headers.ETag = default;
            await ApiProblems.WriteAsync(http, problem).ConfigureAwait(false);
        }
        catch (Exception error) when (!http.Response.HasStarted)
        {
            var problem = ApiProblems.Describe(error);
            if (problem.Status >= StatusCodes.Status500InternalServerError)
            {
                Log.CallFailed(logger, error, route.Method, route.Pattern);
            }

            if (problem.Status == StatusCodes.Status401Unauthorized)
            {
                http.Response.Headers.WWWAuthenticate = "Bearer";
            }

            http.Response.Headers.ETag = default;
            await ApiProblems.WriteAsync(http, problem).ConfigureAwait(false);
        }
    }

    private async Task AuthorizeAsync(HttpContext http, ApiRoute route, StoreLimit limit)
    {
        if (options.AllowsAnonymous)
        {
            if (CrossSite.IsRefused(http.Request, options))
            {
                throw new ApiException(
                    StatusCodes.Status403Forbidden,
                    "A page of another site makes this call, and without keys such a call changes nothing here. Call "
                    + "from a program or from a page of this origin, or have the service require keys.");
            }

            return;
        }

        string? sent = http.Request.Headers.Authorization;
        sent = sent?.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) == true
            ? sent[Bearer.Length..].Trim()
            : http.Request.Headers["X-Api-Key"];
        var key = string.IsNullOrEmpty(sent) ? null
            : await monitors.Keys.FindAsync(sent, limit.Begin()).ConfigureAwait(false);
        if (key is null)
        {
            throw new ApiException(
                StatusCodes.Status401Unauthorized,
                $"{(string.IsNullOrEmpty(sent) ? "The call carries no key" : "The key is not known")}; expected one as "
                + "'Authorization: Bearer …' or 'X-Api-Key: …'.");
        }

        if (route.Scope > key.Scope)
        {
            throw new ApiException(
                StatusCodes.Status403Forbidden,
                $"The key {Names.Show(key.Name)} allows to read only. Use one that allows to write.");
        }
    }
}
