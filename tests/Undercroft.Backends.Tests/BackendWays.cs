namespace Undercroft.Backends.Tests;

/// <summary>How each backend does what they do in different ways: in its own, or as the core does it for all.</summary>
internal static class BackendWays
{
    private const string Judge = "a commit is judged by";
    private const string Atomic = "and is one";
    private const string Index = "index entries lie in";
    private const string Follow = "other processes wake a follower by";
    private const string Order = "the feed is in the order of";

    public static IReadOnlyDictionary<string, string> Memory { get; } = new Dictionary<string, string>
    {
        [Judge] = "the core",
        [Atomic] = "lock",
        [Index] = "a sorted table",
        [Follow] = "there are none",
        [Order] = "revisions",
    };

    public static IReadOnlyDictionary<string, string> Files { get; } = new Dictionary<string, string>
    {
        [Judge] = "the core",
        [Atomic] = "entry of the journal",
        [Index] = "a sorted table in memory, kept in the journal",
        [Follow] = "looking",
        [Order] = "revisions",
    };

    public static IReadOnlyDictionary<string, string> Sqlite { get; } = new Dictionary<string, string>
    {
        [Judge] = "the core, inside the transaction",
        [Atomic] = "transaction, shared by those that wait",
        [Index] = "a table",
        [Follow] = "looking",
        [Order] = "revisions",
    };

    public static IReadOnlyDictionary<string, string> Postgres { get; } = new Dictionary<string, string>
    {
        [Judge] = "a function on the server",
        [Atomic] = "transaction, shared by those that wait",
        [Index] = "a table, `COLLATE \"C\"`",
        [Follow] = "`LISTEN`; by looking behind a pooler",
        [Order] = "transactions",
    };

    public static IReadOnlyDictionary<string, string> Redis { get; } = new Dictionary<string, string>
    {
        [Judge] = "a function on the server",
        [Atomic] = "call of that function",
        [Index] = "sorted sets",
        [Follow] = "a channel",
        [Order] = "revisions",
    };
}
