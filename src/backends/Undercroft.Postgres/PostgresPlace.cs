using Npgsql;

namespace Undercroft.Postgres;

/// <summary>Where a store is, without secrets.</summary>
/// <param name="Hosts">The hosts, with their ports.</param>
/// <param name="Database">The database.</param>
/// <param name="User">The user.</param>
/// <param name="Schema">The schema.</param>
/// <param name="Tenant">The tenant.</param>
internal sealed record PostgresPlace(string Hosts, string Database, string User, string Schema, string Tenant)
{
    /// <summary>Says where the settings lead.</summary>
    public static PostgresPlace Of(PostgresStoreOptions options)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        var hosts = (settings.Host ?? string.Empty).Split(',').Select(host =>
            host.Contains(':', StringComparison.Ordinal) || host.StartsWith('/')
                ? host
                : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{host}:{settings.Port}"));
        var user = settings.Username ?? string.Empty;
        return new PostgresPlace(
            string.Join(',', hosts), settings.Database ?? user, user, options.Schema, options.Tenant);
    }

    /// <summary>The URI, without user and password.</summary>
    public override string ToString() => $"postgres://{Hosts}/{Database}?schema={Schema}&tenant={Tenant}";
}
