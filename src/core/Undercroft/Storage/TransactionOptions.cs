namespace Undercroft;

/// <summary>Settings of one transaction.</summary>
public sealed record TransactionOptions
{
    /// <summary>The settings of a transaction that names none.</summary>
    public static TransactionOptions Default { get; } = new();

    /// <summary>Makes repeated calls safe: the first with a key commits, later ones find it and run nothing. Null means
    /// that each call is one of its own.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>How long the key is remembered: a positive time, or <see cref="Timeout.InfiniteTimeSpan"/> for ever.
    /// The default is 24 hours.</summary>
    public TimeSpan IdempotencyKept { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How durable the commit is when it is acknowledged; null means the storage's default.</summary>
    public Durability? Durability { get; init; }

    /// <summary>Who writes; null means the storage's own origin.</summary>
    public string? Origin { get; init; }
}
