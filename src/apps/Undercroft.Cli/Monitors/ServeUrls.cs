using System.Net;
using Undercroft.Cli.Invocation;

namespace Undercroft.Cli.Monitors;

/// <summary>Where a service may listen.</summary>
internal static class ServeUrls
{
    /// <summary>Checks the URLs.</summary>
    /// <returns>Whether only this machine can reach them.</returns>
    public static bool Check(IReadOnlyList<string> urls)
    {
        var isLocal = true;
        foreach (var url in urls)
        {
            // The signs for all addresses are no host to Uri.
            var text = url.Replace("://+", "://0.0.0.0", StringComparison.Ordinal)
                .Replace("://*", "://0.0.0.0", StringComparison.Ordinal);
            if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp
                || uri.PathAndQuery != "/")
            {
                throw new CliException(
                    ExitCode.Usage,
                    $"--urls is {Names.Show(url)}; expected http://, a host and a port, as in http://127.0.0.1:8080. "
                    + "For https: put a proxy before it.");
            }

            isLocal &= uri.IdnHost == "localhost"
                || (IPAddress.TryParse(uri.IdnHost, out var address) && IPAddress.IsLoopback(address));
        }

        return isLocal;
    }

    /// <summary>Says whether a caller means this machine: by address, or as <c>localhost</c>.</summary>
    public static bool IsOwnName(string host) =>
        host == "localhost" || IPAddress.TryParse(host.Trim('[', ']'), out _);
}
