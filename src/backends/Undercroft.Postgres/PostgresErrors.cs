using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Npgsql;
using Undercroft.Postgres.Connecting;
using Undercroft.Postgres.Schema;

namespace Undercroft.Postgres;

/// <summary>The one place where PostgreSQL's states become Undercroft's kinds.</summary>
internal static class PostgresErrors
{
    public const string Backend = "postgres";

    /// <summary>Makes of an error what callers may see; what is not the server's stays as it is.</summary>
    /// <param name="error">The error.</param>
    /// <param name="doing">What failed, as the rest of "PostgreSQL could not ...".</param>
    /// <param name="place">The server and the store, without secrets.</param>
    public static Exception Of(Exception error, string doing, PostgresPlace place)
    {
        var (kind, isTransient, advice) = error switch
        {
            PostgresException refused => Judge(refused, place),
            NpgsqlException broken => Judge(broken, place),
            TimeoutException or SocketException or IOException => Unreachable,
            InvalidOperationException { Source: nameof(Npgsql) } => Unreachable,
            InvalidDataException => (
                StoreErrorKind.Corrupt, false, "What is stored is damaged. Restore it from a backup."),
            _ => default,
        };
        if (advice is null)
        {
            return error;
        }

        return new StoreException(
            kind, $"PostgreSQL could not {doing} in {place}: {Said(error).TrimEnd('.', ' ')}. {advice}", error)
        {
            Backend = Backend,
            IsTransient = isTransient,
        };
    }

    /// <summary>Whether the same may succeed on another connection, or on another server, in a moment.</summary>
    public static bool IsPassing(Exception error) => error switch
    {
        PostgresException { SqlState: "57014" } => false,
        PostgresException state when IsClosed(state) => false,
        PostgresException state => IsEndOfSession(state) || state.SqlState is
            PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections or
            PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.DeadlockDetected or
            PostgresErrorCodes.SerializationFailure or "25P02" or "25P03" or "55000",
        NpgsqlException { InnerException: AuthenticationException } => false,
        NpgsqlException broken => !broken.Message.Contains("SSL", StringComparison.Ordinal),
        TimeoutException or SocketException or IOException => true,

        // A connection of the pool that has broken since.
        InvalidOperationException { Source: nameof(Npgsql) } => true,
        _ => false,
    };

    /// <summary>Whether an error says that the tables are others than those the store was opened on.</summary>
    public static bool IsMoved(Exception? error) => error is PostgresException state &&
        (state.SqlState == HomeCheck.Elsewhere || TableFence.IsBroken(state));

    /// <summary>Whether an error is one of the server or of the way to it.</summary>
    public static bool IsOfTheDriver(Exception error) => error is NpgsqlException or TimeoutException or
        SocketException or IOException or InvalidOperationException { Source: nameof(Npgsql) };

    /// <summary>Whether there is no server of that name: where none was ever reached, none is waited for.</summary>
    public static bool IsUnknownHost(Exception error) =>
        (error as SocketException ?? error.InnerException as SocketException)?.SocketErrorCode ==
            SocketError.HostNotFound;

    /// <summary>Whether the server has ended the session: what was asked in it may have happened.</summary>
    public static bool IsEndOfSession(PostgresException state) =>
        state.SqlState is "57P01" or "57P02" or "57P05" || state.SqlState.StartsWith("08", StringComparison.Ordinal);

    /// <summary>Makes the error of a store that cannot be used as it is.</summary>
    public static StoreException Refuse(StoreErrorKind kind, PostgresPlace place, string found, string advice) =>
        new(kind, $"Cannot open the store {place}: {found}. {advice}") { Backend = Backend };

    private static (StoreErrorKind Kind, bool IsTransient, string Advice) Unreachable => (
        StoreErrorKind.Unavailable, true,
        "The server cannot be reached. Check host and port, and that it runs and takes connections; then retry.");

    // A database that is there and lets nobody in, as with ALLOW_CONNECTIONS false.
    private static bool IsClosed(PostgresException state) => state.SqlState == "55000" &&
        state.MessageText.Contains("not currently accepting connections", StringComparison.Ordinal);

    private static string Said(Exception error)
    {
        if (IsMoved(error))
        {
            return "its tables are others than when it was opened";
        }

        if (error is PostgresException state)
        {
            return $"{state.MessageText} ({state.SqlState})";
        }

        var outer = error.Message.TrimEnd('.');
        return error.InnerException is { Message: { } inner } && inner.TrimEnd('.') != outer
            ? $"{outer}: {inner}"
            : outer;
    }

    private static (StoreErrorKind Kind, bool IsTransient, string? Advice) Judge(
        NpgsqlException broken, PostgresPlace place)
    {
        if (broken.InnerException is AuthenticationException ||
            broken.Message.Contains("SSL", StringComparison.Ordinal))
        {
            return (StoreErrorKind.Unavailable, false, AdviceOnTls(broken.InnerException));
        }

        if (broken.InnerException is TimeoutException &&
            broken.Message.Contains("reading", StringComparison.Ordinal))
        {
            return (
                StoreErrorKind.Unavailable, true,
                "The server took the connection and did not answer in time; a statement may take " +
                $"{place.Timeout.TotalSeconds:0.###} s. Somebody may hold a lock on the tables: look at " +
                "pg_stat_activity; else raise 'timeout' (CommandTimeout).");
        }

        if (broken.Message.Contains("pool has been exhausted", StringComparison.Ordinal))
        {
            return (
                StoreErrorKind.Unavailable, true, "All connections of this store are busy. Raise " +
                "'connections' (ConnectionsMax).");
        }

        if (broken.Message.Contains("suitable host", StringComparison.Ordinal))
        {
            return (
                StoreErrorKind.Unavailable, true,
                "None of the hosts is a primary that takes writes. Check the servers; then retry.");
        }

        return broken.Message.Contains("password", StringComparison.OrdinalIgnoreCase)
            ? (StoreErrorKind.Unavailable, false, "The server asks for a password. Give one in the URI.")
            : Unreachable;
    }

    private static (StoreErrorKind Kind, bool IsTransient, string Advice) Judge(
        PostgresException state, PostgresPlace place) => state.SqlState switch
    {
        _ when IsMoved(state) => (
            StoreErrorKind.Unavailable, false,
            "A dump was restored while it was open, or the address leads to another database now; what is " +
            "there now was neither read nor written. When the restore has ended, open the store again: restart what " +
            "has it open."),
        "28P01" => (
            StoreErrorKind.Unavailable, false,
            $"The password of the user {Names.Show(place.User)} is wrong, or there is no such user. Correct them."),
        "28000" when state.MessageText.Contains("encryption", StringComparison.Ordinal) => (
            StoreErrorKind.Unavailable, false,
            "The server takes this user only with, or only without, TLS. Set sslmode, or change pg_hba.conf."),
        "28000" => (
            StoreErrorKind.Unavailable, false,
            $"The server does not let the user {Names.Show(place.User)} in. Check the user, and pg_hba.conf."),
        "3D000" => (
            StoreErrorKind.Unavailable, false,
            $"There is no database {Names.Show(place.Database)}. Create it, or name another in the URI."),
        "42501" => (
            StoreErrorKind.ReadOnly, false,
            $"The user {Names.Show(place.User)} lacks a right. Grant it {RightsFor(state, place)}"),
        "25006" => (
            StoreErrorKind.ReadOnly, true,
            "The server is a read-only replica or forbids writing. Name the primary, or all hosts, or open the store " +
            "with mode=ro."),
        "53300" => (
            StoreErrorKind.Unavailable, true,
            "The server has no connection left. Raise its max_connections, lower 'connections' (ConnectionsMax), or " +
            "use a pooler."),
        "53100" => (StoreErrorKind.Full, false, "The server's disk is full; nothing was written. Free some space."),
        "53200" or "53400" => (
            StoreErrorKind.Full, true, "The server is out of memory or locks; nothing was written. Make it smaller."),
        "54000" or "54001" or "54023" or "22003" => (
            StoreErrorKind.LimitExceeded, false, "It is larger than the server takes; nothing was written. Split it."),
        "57014" => (
            StoreErrorKind.Unavailable, true,
            "The server has ended the statement, by its own timeout or by hand. Raise the timeout, or retry."),
        "57P03" => (StoreErrorKind.Unavailable, true, "The server is starting or stopping. Retry in a moment."),
        "55000" when IsClosed(state) => (
            StoreErrorKind.Unavailable, false,
            $"The database {Names.Show(place.Database)} lets nobody in. Run ALTER DATABASE with " +
            "ALLOW_CONNECTIONS true, or name another."),
        "42P01" or "42883" or "42703" or "3F000" or "42P07" or "42723" or "42710" => (
            StoreErrorKind.Corrupt, false,
            $"The tables in the schema {Names.Show(place.Schema)} are not those of a store. Restore them, or name " +
            "another schema."),
        CommitFunction.Isolation => (
            StoreErrorKind.Unsupported, false,
            "Transactions of this user or database are stricter than the store allows; nothing was written. Set " +
            "default_transaction_isolation to 'read committed' for them."),
        "XX001" or "XX002" => (
            StoreErrorKind.Corrupt, false, "The server's data is damaged. Stop writing and restore a backup."),
        "40P01" or "40001" or CommitFunction.Raced => (
            StoreErrorKind.Unavailable, true, "Others write the same records; nothing was written. Retry."),
        _ when IsEndOfSession(state) => (
            StoreErrorKind.Unavailable, true, "The server has ended the connection. Retry in a moment."),
        "26000" or "42P05" or "08P01" => (
            StoreErrorKind.Unknown, false,
            "That comes of a pooler which gives each transaction another session, such as PgBouncer with pool_mode = " +
            "transaction. Add pooler=transaction to the address."),
        _ => (
            StoreErrorKind.Unknown, false,
            "Nothing of this kind is expected of a server that fits. Its log may say more."),
    };

    private static string RightsFor(PostgresException state, PostgresPlace place) =>
        state.MessageText.Contains(" for database ", StringComparison.Ordinal)
            ? $"CREATE on the database, or make the schema {Names.Show(place.Schema)} and let the user own it."
        : state.MessageText.Contains(" for schema ", StringComparison.Ordinal)
            ? $"USAGE on the schema {Names.Show(place.Schema)}, and CREATE where the store is to be made in it or " +
                "brought up to date; or let the user own the schema, or name another."
        : $"USAGE on the schema {Names.Show(place.Schema)}, SELECT, INSERT, UPDATE and DELETE on its tables, and " +
            "SELECT and USAGE on its sequences, or let it own them.";

    private static string AdviceOnTls(Exception? reason) => reason switch
    {
        FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException or CryptographicException =>
            "'sslrootcert' must name a PEM file, which this program may read, with the certificate of the authority " +
            "that has signed the server's.",
        AuthenticationException { Message: { } said } when said.Contains("certificate", StringComparison.Ordinal) =>
            "The server's certificate is not trusted. Give 'sslrootcert' the certificate of the authority that has " +
            "signed it; with sslmode=verify-full the host must be written as the certificate names it.",
        _ => "Client and server do not agree on TLS. Set sslmode to what the server offers: 'disable', 'require', " +
            "'verify-ca' or 'verify-full'.",
    };
}
