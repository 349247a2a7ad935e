using Npgsql;
using Undercroft.Postgres.Schema;

namespace Undercroft.Postgres.Connecting;

/// <summary>Looks, once for each connection, whether it leads to the server and the database that the store was opened
/// on: a dump restored elsewhere may have tables with the same names and even the same numbers.</summary>
internal sealed class HomeCheck
{
    /// <summary>The state of the error of a connection that leads elsewhere.</summary>
    public const string Elsewhere = "UC007";

    private volatile string? place;

    /// <summary>Says where connections must lead from now on.</summary>
    public void StayAt(string home) => place = home;

    /// <summary>Looks.</summary>
    /// <exception cref="PostgresException">It leads elsewhere.</exception>
    public async Task CheckAsync(NpgsqlConnection connection)
    {
        if (place is not { } expected)
        {
            return;
        }

        var command = connection.CreateCommand();
        await using var owned = command.ConfigureAwait(false);
        command.CommandText = $"SELECT {TableHome.Server}";
        if (await command.ExecuteScalarAsync().ConfigureAwait(false) is string found && found != expected)
        {
            throw new PostgresException(
                "the connection leads to another server or database", "ERROR", "ERROR", Elsewhere);
        }
    }

    /// <summary>The error of a connection that leads elsewhere, in what the driver makes of those of several hosts;
    /// null where there is none.</summary>
    public static PostgresException? Find(NpgsqlException error) => error.InnerException is AggregateException all
        ? all.InnerExceptions.OfType<PostgresException>().FirstOrDefault(static one => one.SqlState == Elsewhere)
        : null;
}
