using Microsoft.AspNetCore.Http;

namespace Undercroft.AspNetCore.Api;

/// <summary>Tells whether a browser makes a call because a page of another site has it do so. A page cannot change what
/// the browser says of it.</summary>
internal static class CrossSite
{
    /// <summary>Says whether such a call would change something.</summary>
    public static bool IsRefused(HttpRequest request, MonitorApiOptions options)
    {
        string? origin = request.Headers.Origin;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)
            || (origin is not null && options.AllowedOrigins.Contains(origin)))
        {
            return false;
        }

        string? site = request.Headers["Sec-Fetch-Site"];
        return string.IsNullOrEmpty(site)
            ? !string.IsNullOrEmpty(origin) && !IsOwn(origin, request)
            : site is not ("same-origin" or "none");
    }

    // Older browsers say only where the page is from.
    private static bool IsOwn(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var page)
        && Uri.TryCreate($"{page.Scheme}://{request.Host}", UriKind.Absolute, out var own)
        && page.Authority == own.Authority;
}
