using System.Collections.Immutable;
using System.Net;

namespace Undercroft.Monitors;

/// <summary>What plans may do where they run.</summary>
public sealed class MonitorExecutorOptions
{
    /// <summary>The addresses plans may reach. The default refuses private, loopback and other special ones.</summary>
    public AddressGuard Guard { get; set; } = AddressGuard.Strict;

    /// <summary>The providers of secrets. The default is none.</summary>
    public IReadOnlyList<ISecretProvider> Secrets { get; set; } = [];

    /// <summary>Variables by environment; they come before the plan's own. The default is none.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Variables { get; set; } =
        ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty;

    /// <summary>How long a whole run may take. The default is 5 minutes.</summary>
    public TimeSpan RunTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a response may take where its node does not say, body included. The default is 30 seconds.
    /// </summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many bytes of a body are read, after decompression; a longer one fails the node. The default is
    /// 4 MiB.</summary>
    public int BodyBytesMax { get; set; } = 4 * 1024 * 1024;

    /// <summary>How many redirects are followed. The default is 5.</summary>
    public int RedirectsMax { get; set; } = 5;

    /// <summary>How many nodes of one run work at a time. The default is 4.</summary>
    public int NodesAtOnceMax { get; set; } = 4;

    /// <summary>How names are looked up; null means by the system.</summary>
    public Func<string, CancellationToken, ValueTask<IReadOnlyList<IPAddress>>>? Resolver { get; set; }

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One of them cannot be used.</exception>
    public void Validate()
    {
        Check(Guard is not null && Secrets is not null && Variables is not null, "Guard, Secrets, Variables", "null");
        Check(RunTimeout > TimeSpan.Zero && RunTimeout <= TimeSpan.FromHours(1), nameof(RunTimeout), RunTimeout);
        Check(
            RequestTimeout > TimeSpan.Zero && RequestTimeout <= TimeSpan.FromMinutes(5),
            nameof(RequestTimeout),
            RequestTimeout);
        Check(BodyBytesMax is > 0 and <= 64 * 1024 * 1024, nameof(BodyBytesMax), BodyBytesMax);
        Check(RedirectsMax is >= 0 and <= 20, nameof(RedirectsMax), RedirectsMax);
        Check(NodesAtOnceMax is > 0 and <= 64, nameof(NodesAtOnceMax), NodesAtOnceMax);
    }

    private static void Check(bool holds, string name, object found)
    {
        if (!holds)
        {
            throw new ArgumentException(
                $"MonitorExecutorOptions.{name} is {found}, which is out of range: see its documentation.", name);
        }
    }
}
