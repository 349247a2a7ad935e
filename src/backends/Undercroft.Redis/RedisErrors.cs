using Undercroft.Redis.Client;
using Undercroft.Redis.Functions;
using Undercroft.Redis.Opening;

namespace Undercroft.Redis;

/// <summary>The one place where the client's failures, and the functions' refusals, become Undercroft's kinds.
/// </summary>
internal static class RedisErrors
{
    public const string Backend = "redis";

    /// <summary>Makes of any error what callers may see; what is not Redis's stays as it is.</summary>
    /// <param name="error">The error.</param>
    /// <param name="doing">What failed, as the rest of "Could not ...".</param>
    /// <param name="location">The store, without secrets.</param>
    public static Exception Of(Exception error, string doing, string location) => error switch
    {
        RedisException { Failure: RedisFailure.Disposed } => new ObjectDisposedException(nameof(RedisStore)),
        RedisException redis => new StoreException(
            Kind(redis), $"Could not {doing} the store {Names.Show(location)}: {Advised(redis)}", redis)
        {
            Backend = Backend,
            IsTransient = redis.IsTransient,
        },
        InvalidDataException damaged => new StoreException(
            StoreErrorKind.Corrupt,
            $"Could not {doing} the store {Names.Show(location)}: {damaged.Message} Something else has written to " +
            "its keys; restore it from a copy.",
            damaged)
        {
            Backend = Backend,
        },
        _ => error,
    };

    /// <summary>Makes the error of a store that cannot be opened, or used any more.</summary>
    public static StoreException Refuse(
        StoreErrorKind kind, string location, string found, string advice, bool isTransient = false) =>
        new(kind, $"Cannot use the store {Names.Show(location)}: {found}. {advice}")
        {
            Backend = Backend,
            IsTransient = isTransient,
        };

    /// <summary>Makes the error of a function that has refused to work on what it found.</summary>
    /// <param name="status">The status it gave.</param>
    /// <param name="detail">What came with it; empty where nothing did.</param>
    /// <param name="location">The store.</param>
    public static StoreException Refused(long status, string detail, string location) => status switch
    {
        Status.Replaced => Refuse(
            StoreErrorKind.Corrupt, location,
            "another store has taken its place while it was open; nothing was written",
            "Open it again: restart what has it open."),
        Status.Missing => Refuse(
            StoreErrorKind.Unavailable, location,
            "there is no such store on the server, or its data was flushed while it was open",
            "Check the name, or open it for writing to make it anew: restart what had it open."),
        Status.Newer => Refuse(
            StoreErrorKind.Unsupported, location,
            $"its records have format {detail}, this code knows {FunctionLibrary.Format}",
            "It was left as it is; use a newer Undercroft."),
        Status.Denied => Refuse(
            StoreErrorKind.Unavailable, location,
            $"the user may not run {detail} on its keys",
            $"Grant all that a store needs with ACL SETUSER: {Rights.Rules}."),
        _ => Refuse(
            StoreErrorKind.Unknown, location, $"its functions gave the unknown answer {status}",
            "Use the version of Undercroft that has loaded them."),
    };

    private static StoreErrorKind Kind(RedisException error) => error.Failure switch
    {
        RedisFailure.Unavailable or RedisFailure.OutcomeUnknown or RedisFailure.QueueFull or RedisFailure.Denied
            or RedisFailure.Tls => StoreErrorKind.Unavailable,
        RedisFailure.Unsupported => StoreErrorKind.Unsupported,
        RedisFailure.ReadOnly => StoreErrorKind.ReadOnly,
        RedisFailure.OutOfMemory => StoreErrorKind.Full,
        RedisFailure.Server when error.Code == "WRONGTYPE" => StoreErrorKind.Corrupt,
        _ => StoreErrorKind.Unknown,
    };

    private static string Advised(RedisException error) => error.Failure == RedisFailure.Server
        ? error.Code == "WRONGTYPE"
            ? error.Message + " Something else uses its keys; choose another name for the store."
            : error.Message + " See the server's log."
        : error.Message;
}
