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

            // A name would have the server listen on every address, whatever it resolves to.
            if (uri.IdnHost != "localhost" && !IPAddress.TryParse(uri.IdnHost.Trim('[', ']'), out _))
            {
                throw new CliException(
                    ExitCode.Usage,
                    $"--urls is {Names.Show(url)}; expected an address of this machine or localhost as its host, found "
                    + $"the name {Names.Show(uri.Host)}. Write the address, as in http://127.0.0.1:8080, or "
                    + "http://*:8080 to listen on all of them.");
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
