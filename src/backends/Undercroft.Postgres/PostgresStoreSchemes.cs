using System.Globalization;
using Npgsql;
using Undercroft.Postgres;

namespace Undercroft;

/// <summary>Opens PostgreSQL stores by URI.</summary>
public static class PostgresStoreSchemes
{
    private static readonly string[] Known =
    [
        "schema", "tenant", "mode", "durability", "sslmode", "sslrootcert", "host", "connections", "lanes",
        "partitions", "pollInterval", "horizonWait", "retryFor", "timeout", "pooler", "listen", "views",
    ];

    extension(StoreSchemes schemes)
    {
        /// <summary>Adds <c>postgres:</c>, as in <c>postgres://app:secret@localhost:5432/app?tenant=blue</c>.</summary>
        /// <remarks>User and password stand before the <c>@</c>, with <c>%</c> escapes; several hosts are parted by
        /// commas. Settings: <c>schema</c>, <c>tenant</c>, <c>mode</c> (<c>rw</c>, or <c>ro</c> for reading only),
        /// <c>durability</c> (<c>memory</c>, <c>os</c>, <c>disk</c>), <c>sslmode</c> (<c>disable</c>, <c>prefer</c>,
        /// <c>require</c>, <c>verify-ca</c>, <c>verify-full</c>), <c>sslrootcert</c>, <c>host</c> (the folder of a Unix
        /// socket), <c>connections</c>, <c>lanes</c>, <c>partitions</c>, <c>pollInterval</c>, <c>horizonWait</c>,
        /// <c>retryFor</c>,
        /// <c>timeout</c> (of a statement), <c>pooler</c> (<c>session</c>, <c>transaction</c>), <c>listen</c> and
        /// <c>views</c> (<c>on</c>, <c>off</c>). The rest of <see cref="PostgresStoreOptions"/> keeps its defaults.
        /// </remarks>
        public StoreSchemes AddPostgres()
        {
            ArgumentNullException.ThrowIfNull(schemes);
            foreach (var scheme in new[] { "postgres", "postgresql" })
            {
                _ = schemes.Add(scheme, static async (uri, clock, cancellationToken) =>
                    await PostgresStore.OpenAsync(Options(uri), clock, cancellationToken).ConfigureAwait(false));
            }

            return schemes;
        }
    }

    /// <summary>Makes settings of a URI.</summary>
    /// <exception cref="ArgumentException">It names no server, or a setting is wrong.</exception>
    internal static PostgresStoreOptions Options(StoreUri uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        uri.CheckSettings(Known);
        var connection = Connection(uri);
        connection.SslMode = uri.Choice(
            "sslmode",
            ("disable", SslMode.Disable), ("allow", SslMode.Allow), ("prefer", SslMode.Prefer),
            ("require", SslMode.Require), ("verify-ca", SslMode.VerifyCA), ("verify-full", SslMode.VerifyFull))
            ?? connection.SslMode;
        if (uri.Settings.TryGetValue("sslrootcert", out var certificate))
        {
            connection.RootCertificate = certificate;
        }

        var options = new PostgresStoreOptions
        {
            ConnectionString = connection.ConnectionString,
            ReadOnly = uri.IsReadOnly(),
            DefaultDurability = uri.DefaultDurability(),
            TransactionPooler = uri.Choice("pooler", ("session", false), ("transaction", true)) ?? false,
            Listen = uri.Choice("listen", ("on", true), ("off", false)) ?? true,
            Views = uri.Choice("views", ("on", true), ("off", false)) ?? true,
        };
        options.Schema = uri.Settings.GetValueOrDefault("schema") ?? options.Schema;
        options.Tenant = uri.Settings.GetValueOrDefault("tenant") ?? options.Tenant;
        options.ConnectionsMax = uri.Number("connections") ?? options.ConnectionsMax;
        options.Lanes = uri.Number("lanes") ?? options.Lanes;
        options.Partitions = uri.Number("partitions") ?? options.Partitions;
        options.PollInterval = uri.Duration("pollInterval") ?? options.PollInterval;
        options.HorizonWait = uri.Duration("horizonWait") ?? options.HorizonWait;
        options.RetryFor = uri.Duration("retryFor") ?? options.RetryFor;
        options.CommandTimeout = uri.Duration("timeout") ?? options.CommandTimeout;
        uri.Check(
            options.Validate,
            (nameof(options.ConnectionsMax), "connections"), (nameof(options.CommandTimeout), "timeout"));
        return options;
    }

    private static NpgsqlConnectionStringBuilder Connection(StoreUri uri)
    {
        var at = uri.Path.LastIndexOf('@');
        var (user, place) = (at < 0 ? string.Empty : uri.Path[..at], uri.Path[(at + 1)..]);
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        var hosts = uri.Settings.GetValueOrDefault("host") ?? (slash < 0 ? place : place[..slash]);
        if (hosts.Length == 0)
        {
            throw new ArgumentException(
                $"'{uri.Scheme}:' names no server. Write 'postgres://user:password@host:5432/database'.", nameof(uri));
        }

        if (hosts.AsSpan().ContainsAny('=', ';'))
        {
            // Not shown: it holds the password.
            throw new ArgumentException(
                $"'{uri.Scheme}:' names no host, but what looks like a connection string. Write "
                + "'postgres://user:password@host:5432/database'.",
                nameof(uri));
        }

        var connection = new NpgsqlConnectionStringBuilder { Host = hosts };
        if (hosts.StartsWith('/'))
        {
            // The name of a socket ends in the port, which stands where it always does.
            SetPort(connection, slash < 0 ? place : place[..slash]);
            connection.Host = hosts;
        }
        else if (!hosts.Contains(',', StringComparison.Ordinal))
        {
            SetPort(connection, hosts);
        }

        var colon = user.IndexOf(':', StringComparison.Ordinal);
        if (user.Length > 0)
        {
            connection.Username = colon < 0 ? user : user[..colon];
            connection.Password = colon < 0 ? null : user[(colon + 1)..];
        }

        if (slash >= 0 && slash + 1 < place.Length)
        {
            connection.Database = place[(slash + 1)..];
        }

        return connection;
    }

    // "[::1]:5432": the colons of an address are not that of the port.
    private static void SetPort(NpgsqlConnectionStringBuilder connection, string host)
    {
        var colon = host.LastIndexOf(':');
        if (colon < 0 || host.EndsWith(']'))
        {
            connection.Host = host.Trim('[', ']');
            return;
        }

        connection.Host = host[..colon].Trim('[', ']');

        // Not shown where it is none: it may be a password whose '@' was forgotten.
        connection.Port = int.TryParse(
                host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and < 65_536
            ? port
            : throw new ArgumentException(
                "What stands after the host's ':' is no port; expected a number from 1 to 65,535, and a password "
                + "before an '@', with '%' for its '?', '/' and '@'.");
    }
}
