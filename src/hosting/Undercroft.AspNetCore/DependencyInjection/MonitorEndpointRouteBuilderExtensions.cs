using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Undercroft.AspNetCore;
using Undercroft.AspNetCore.Api;
using Undercroft.AspNetCore.OpenApi;
using Undercroft.Monitors;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the endpoints of monitors.</summary>
public static class MonitorEndpointRouteBuilderExtensions
{
    private const string Document = "/openapi.json";

    /// <summary>Maps plans, runs and agents, and their OpenAPI document at <c>/openapi.json</c>.</summary>
    /// <remarks>Callers need a key of <see cref="MonitorService.Keys"/> unless the settings say otherwise; the document
    /// needs none. What is returned takes the host's own conventions, such as limits of rate.</remarks>
    /// <param name="endpoints">The endpoints of the application, or a group of them.</param>
    /// <param name="configure">Changes the settings; null changes none.</param>
    /// <exception cref="InvalidOperationException">There are no monitors among the services:
    /// <c>AddUndercroftMonitors</c> adds them.</exception>
    public static IEndpointConventionBuilder MapMonitors(
        this IEndpointRouteBuilder endpoints, Action<MonitorApiOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var options = new MonitorApiOptions();
        configure?.Invoke(options);
        var services = endpoints.ServiceProvider;
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Undercroft.AspNetCore");
        var group = endpoints.MapGroup("");
        foreach (var route in ApiDispatcher.Routes)
        {
            // The monitors are made with the first call: the storage is opened only when the host has started.
            _ = group.MapMethods(route.Pattern, MethodsOf(route.Method), (RequestDelegate)(http => new ApiDispatcher(
                http.RequestServices.GetRequiredService<MonitorService>(), options, logger).InvokeAsync(http, route)));
        }

        var (prefix, document) = (string.Empty, Array.Empty<byte>());
        var gate = new Lock();
        _ = group.MapMethods(Document, MethodsOf(HttpMethods.Get), (RequestDelegate)(async http =>
        {
            http.Response.ContentType = "application/json; charset=utf-8";
            await http.Response.Body.WriteAsync(DocumentFor(ApiPrefix.Of(http, Document)), http.RequestAborted)
                .ConfigureAwait(false);
        }));
        MapOtherMethods(group);
        return group;

        // Callers come by one prefix, or by few: the latest is kept.
        byte[] DocumentFor(string asked)
        {
            lock (gate)
            {
                if (document.Length == 0 || asked != prefix)
                {
                    (prefix, document) = (asked, OpenApiDocument.Build(ApiDispatcher.Routes, options, asked));
                }

                return document;
            }
        }
    }

    // Routing by itself would refuse them without a word.
    private static void MapOtherMethods(IEndpointRouteBuilder group)
    {
        foreach (var path in ApiDispatcher.Routes.Select(static route => (route.Pattern, route.Method))
            .Append((Pattern: Document, Method: HttpMethods.Get))
            .GroupBy(static route => route.Pattern, static route => route.Method))
        {
            string[] known = [.. path.SelectMany(MethodsOf)];
            _ = group.Map(path.Key, (RequestDelegate)(http =>
            {
                http.Response.Headers.Allow = string.Join(", ", known);
                return ApiProblems.WriteAsync(http, ApiProblems.NoSuchMethod(http, known));
            }));
        }
    }

    // What can be read can be asked for without its body.
    private static string[] MethodsOf(string method) =>
        method == HttpMethods.Get ? [HttpMethods.Get, HttpMethods.Head] : [method];
}
