namespace Undercroft.Servers;

/// <summary>Where the programs of servers are.</summary>
internal static class ServerPrograms
{
    // Debian keeps PostgreSQL's programs out of the path, in a folder for each version.
    private const string Debian = "/usr/lib/postgresql";

    public static string Postgres(string name) =>
        (Versions().Select(folder => Path.Combine(folder, "bin", name)).FirstOrDefault(File.Exists)
            ?? InPath(name)) ?? throw Missing(name, "PostgreSQL", "postgresql", "UNDERCROFT_POSTGRES");

    public static string Redis(string name) =>
        InPath(name) ?? throw Missing(name, "Redis", "redis-server", "UNDERCROFT_REDIS");

    public static string PgBouncer() =>
        InPath("pgbouncer") ?? throw Missing("pgbouncer", "PgBouncer", "pgbouncer", null);

    public static string? InPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Concat(["/usr/local/bin", "/usr/sbin", "/usr/bin"])
            .Where(static folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    /// <summary>What a test says that needs a program this machine lacks.</summary>
    internal static ServerException Missing(string program, string product, string package, string? variable) => new(
        $"{product}'s program '{program}' is neither in PATH nor where Debian keeps it: install the package "
        + $"'{package}', or run ./test as root on Debian, which does"
        + (variable is null ? "." : $", or let {variable} name a server of your own."));

    private static IEnumerable<string> Versions() => Directory.Exists(Debian)
        ? Directory.EnumerateDirectories(Debian)
            .Where(static folder => int.TryParse(Path.GetFileName(folder), out _))
            .OrderByDescending(static folder => int.Parse(
                Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture))
        : [];
}
