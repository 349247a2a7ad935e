using Microsoft.AspNetCore.Http;

namespace Undercroft.AspNetCore.Api;

/// <summary>What stands before the paths of the endpoints in this application: a group, the base of a proxy.</summary>
internal static class ApiPrefix
{
    /// <summary>The prefix, as it stands in URLs; empty where there is none.</summary>
    /// <param name="http">A call of an endpoint.</param>
    /// <param name="pattern">The pattern of the endpoint, which has as many parts as the path it stands for.</param>
    public static string Of(HttpContext http, string pattern)
    {
        var path = http.Request.Path.ToUriComponent().TrimEnd('/');
        for (var parts = pattern.Count('/'); parts > 0; parts--)
        {
            path = path[..path.LastIndexOf('/')];
        }

        return http.Request.PathBase.ToUriComponent() + path;
    }
}
