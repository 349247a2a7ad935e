using System.Net;

namespace Undercroft.Monitors;

/// <summary>Where a response sends its request to.</summary>
internal static class Redirects
{
    /// <summary>The next request; null where the response is the answer.</summary>
    public static Sending? Next(Sending sending, HttpResponseMessage response)
    {
        if (response.StatusCode is not (HttpStatusCode.Moved or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)
            || response.Headers.Location is not { } location)
        {
            return null;
        }

        var target = location.IsAbsoluteUri ? location : new Uri(sending.Uri, location);
        if (target.Scheme != Uri.UriSchemeHttp && target.Scheme != Uri.UriSchemeHttps)
        {
            throw new NodeFailure(
                $"the server redirects to {target.Scheme}:, where monitors do not go; expected http: or https:.");
        }

        if (sending.Uri.Scheme == Uri.UriSchemeHttps && target.Scheme == Uri.UriSchemeHttp)
        {
            throw new NodeFailure(
                $"the server redirects from https: to {target}, which is not encrypted. Have it redirect to https:.");
        }

        if (target.UserInfo.Length > 0)
        {
            throw new NodeFailure("the server redirects to a URL that carries a name or password.");
        }

        var keepsMethod = response.StatusCode is HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
            || sending.Method is "GET" or "HEAD" || (response.StatusCode is not HttpStatusCode.SeeOther
                && sending.Method != "POST");
        return keepsMethod
            ? sending with { Uri = target }
            : sending with
            {
                Uri = target,
                Method = "GET",
                Body = null,
                Headers = [.. sending.Headers.Where(static header =>
                    !header.Name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))],
            };
    }
}
