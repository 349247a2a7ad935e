using Npgsql;
using Undercroft.Backends;

namespace Undercroft.Postgres;

/// <summary>Settings for <see cref="PostgresStore"/>. Read once, when the store is opened.</summary>
public sealed class PostgresStoreOptions
{
    private const int NameLengthMax = 40;

    /// <summary>Where the server is, in Npgsql's form: <c>Host=…;Username=…;Password=…;Database=…</c>. Several hosts,
    /// parted by commas, are one primary and its standbys: the primary is found by itself. Required.</summary>
    public string ConnectionString { get; set; } = string.Empty;

    /// <summary>The schema that holds the tables; made where it is missing. Lower-case letters, digits and underscores.
    /// The default is <c>undercroft</c>.</summary>
    public string Schema { get; set; } = "undercroft";

    /// <summary>Which of the stores that share the tables this is; made where it is missing. The default is
    /// <c>default</c>.</summary>
    public string Tenant { get; set; } = "default";

    /// <summary>Into how many partitions, by tenant, the tables are parted when they are made; 0 means none. Tables
    /// that are there stay as they are. The default is 0.</summary>
    public int Partitions { get; set; }

    /// <summary>The most connections. The default is 20.</summary>
    public int ConnectionsMax { get; set; } = 20;

    /// <summary>How many groups of commits are under way at once. The default is 2.</summary>
    public int Lanes { get; set; } = 2;

    /// <summary>The most commits that share one transaction. The default is 256.</summary>
    public int GroupMax { get; set; } = 256;

    /// <summary>The most commits that wait for their turn; further ones wait to be let in. The default is 4,096.
    /// </summary>
    public int QueueMax { get; set; } = 4096;

    /// <summary>The level of a commit that names none; null means the strongest that the server offers, which is the
    /// default.</summary>
    public Durability? DefaultDurability { get; set; }

    /// <summary>Whether the store is opened for reading only: then a standby will do, and the tables must exist. The
    /// default is no.</summary>
    public bool ReadOnly { get; set; }

    /// <summary>How often a follower that waits looks for commits of other processes where it hears of none; commits of
    /// this process wake it at once. The default is 1 second.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether followers listen to the server for commits of other processes. The default is yes; behind
    /// <see cref="TransactionPooler"/> they only look every <see cref="PollInterval"/>.</summary>
    public bool Listen { get; set; } = true;

    /// <summary>Whether a pooler that hands out the server by transactions (PgBouncer's <c>pool_mode = transaction</c>)
    /// stands in between: nothing is kept in sessions then. The default is no.</summary>
    public bool TransactionPooler { get; set; }

    /// <summary>How long a read of the feed waits for older transactions of the server to end, so that it brings what
    /// was committed behind them; after that it brings what is safe. The default is 1 second.</summary>
    public TimeSpan HorizonWait { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a call tries again while the server cannot be reached or has no primary. The default is
    /// 30 seconds.</summary>
    public TimeSpan RetryFor { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a statement may take before its connection is given up. The default is 30 seconds.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether each collection gets a view that shows its documents as <c>jsonb</c>. The default is yes.
    /// </summary>
    public bool Views { get; set; } = true;

    /// <summary>The limits of the store. A longest index key over 1,400 bytes is lowered to that: it is what an index
    /// of the server takes.</summary>
    public StoreLimits Limits { get; set; } = new();

    /// <summary>Refuses settings that make no sense.</summary>
    /// <exception cref="ArgumentException">A setting is wrong; <see cref="ArgumentException.ParamName"/> names it.
    /// </exception>
    public void Validate()
    {
        CheckConnection();
        Require(IsName(Schema), nameof(Schema), Schema, "1 to 40 lower-case letters, digits and underscores");
        Require(
            Tenant is { Length: > 0 and <= 128 } && !Tenant.Contains('\0', StringComparison.Ordinal),
            nameof(Tenant), Tenant, "a name of 1 to 128 characters");
        Require(Partitions is >= 0 and <= 1024, nameof(Partitions), Partitions, "0 to 1,024");
        Require(ConnectionsMax is >= 2 and <= 1000, nameof(ConnectionsMax), ConnectionsMax, "2 to 1,000");
        Require(Lanes is >= 1 and <= 16, nameof(Lanes), Lanes, "1 to 16");
        Require(GroupMax is >= 1 and <= 10_000, nameof(GroupMax), GroupMax, "1 to 10,000");
        Require(QueueMax is >= 1 and <= 1_000_000, nameof(QueueMax), QueueMax, "1 to 1,000,000");
        Require(
            DefaultDurability is null || Enum.IsDefined(DefaultDurability.Value),
            nameof(DefaultDurability), DefaultDurability, $"one of {string.Join(", ", Enum.GetNames<Durability>())}");
        RequireSpan(PollInterval, nameof(PollInterval), TimeSpan.FromMilliseconds(1));
        RequireSpan(HorizonWait, nameof(HorizonWait), TimeSpan.Zero);
        RequireSpan(RetryFor, nameof(RetryFor), TimeSpan.Zero);
        RequireSpan(CommandTimeout, nameof(CommandTimeout), TimeSpan.FromSeconds(1));
        Require(Limits is not null, nameof(Limits), null, "limits");
    }

    /// <summary>Makes a copy that later changes do not reach.</summary>
    internal PostgresStoreOptions Copy() => (PostgresStoreOptions)MemberwiseClone();

    private static bool IsName(string? name) =>
        name is { Length: > 0 and <= NameLengthMax } && !char.IsAsciiDigit(name[0]) &&
        name.All(static c => c is '_' || char.IsAsciiDigit(c) || char.IsAsciiLetterLower(c));

    private static void RequireSpan(TimeSpan span, string setting, TimeSpan least) => Require(
        span >= least && span <= TimeSpan.FromHours(1), setting, span, $"{least} to 1 hour");

    private static void Require(bool holds, string setting, object? found, string expected) =>
        StoreSetting.Require(holds, nameof(PostgresStoreOptions), setting, found, expected);

    // Its text may hold a password, so that it is not shown.
    private void CheckConnection()
    {
        string? host;
        try
        {
            host = new NpgsqlConnectionStringBuilder(ConnectionString).Host;
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidOperationException)
        {
            throw new ArgumentException(
                $"The setting '{nameof(PostgresStoreOptions)}.{nameof(ConnectionString)}' is no connection string; " +
                "expected one such as 'Host=localhost;Username=app;Password=...;Database=app'.",
                nameof(ConnectionString));
        }

        Require(!string.IsNullOrWhiteSpace(host), nameof(ConnectionString), "one without a host", "a host");
    }
}
