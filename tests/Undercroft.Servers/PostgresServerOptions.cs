namespace Undercroft.Servers;

/// <summary>How a PostgreSQL server of a test is set up.</summary>
public sealed record PostgresServerOptions
{
    /// <summary>Whether commits are synced to the disk. The default is no: nothing here cuts the power, and a killed
    /// process loses nothing that the system holds. Measurements say yes.</summary>
    public bool SyncsToDisk { get; init; }

    /// <summary>Whether clients on TCP must speak TLS; the certificate is <see cref="PostgresServer.Authority"/>'s.
    /// </summary>
    public bool RequiresTls { get; init; }

    /// <summary>How many connections it takes.</summary>
    public int ConnectionsMax { get; init; } = 100;

    /// <summary>Libraries to load at the start; <c>pg_stat_statements</c> and <c>auto_explain</c> are at hand.
    /// </summary>
    public IReadOnlyList<string> Preload { get; init; } = ["pg_stat_statements"];

    /// <summary>Further settings, as lines of <c>postgresql.conf</c>; the last one of a name counts.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];
}
