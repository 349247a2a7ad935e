using System.Globalization;
using Npgsql;

namespace Undercroft.Postgres;

/// <summary>Where a store is, without secrets.</summary>
/// <param name="Hosts">The hosts, with their ports; empty but for a port where it is a socket.</param>
/// <param name="Database">The database.</param>
/// <param name="User">The user.</param>
/// <param name="Schema">The schema.</param>
/// <param name="Tenant">The tenant.</param>
internal sealed record PostgresPlace(string Hosts, string Database, string User, string Schema, string Tenant)
{
    /// <summary>The folder of the Unix socket; null where the server is reached by the network.</summary>
    public string? Socket { get; private init; }

    /// <summary>How long a statement may take.</summary>
    public TimeSpan Timeout { get; private init; }

    /// <summary>Says where the settings lead.</summary>
    public static PostgresPlace Of(PostgresStoreOptions options)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        var named = settings.Host ?? string.Empty;
        var socket = IsSocket(named) && !named.Contains(',', StringComparison.Ordinal) ? named : null;
        var hosts = (socket is null ? named : string.Empty).Split(',').Select(host =>
            host.Contains(':', StringComparison.Ordinal) || IsSocket(host)
                ? host
                : string.Create(CultureInfo.InvariantCulture, $"{host}:{settings.Port}"));
        var user = settings.Username ?? string.Empty;
        return new PostgresPlace(
            string.Join(',', hosts), settings.Database ?? user, user, options.Schema, options.Tenant)
        {
            Socket = socket,
            Timeout = options.CommandTimeout,
        };
    }

    /// <summary>Whether one of the hosts of a connection is a Unix socket.</summary>
    public static bool HasSocket(string? hosts) => hosts?.Split(',').Any(IsSocket) == true;

    /// <summary>The URI, without user and password.</summary>
    public override string ToString() =>
        $"postgres://{Hosts}/{Database}?{(Socket is null ? "" : $"host={Socket}&")}schema={Schema}&tenant={Tenant}";

    // The driver's rule: a folder, or a name that is in no folder.
    private static bool IsSocket(string host) => host.StartsWith('/') || host.StartsWith('@');
}
