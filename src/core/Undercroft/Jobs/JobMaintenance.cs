namespace Undercroft.Jobs;

/// <summary>Asks a store to do what time has brought: any node may, as often as it likes.</summary>
public sealed record JobMaintenance
{
    /// <summary>How many jobs one call touches at most; 1 to 10,000. The default is 500.</summary>
    public int Max { get; init; } = 500;

    /// <summary>How long jobs are kept that ended well; null keeps them. The default is a day.</summary>
    public TimeSpan? KeepSucceeded { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long cancelled jobs are kept; null keeps them. The default is a day.</summary>
    public TimeSpan? KeepCancelled { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long dead jobs are kept; null keeps them. The default is 30 days.</summary>
    public TimeSpan? KeepDead { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The instant it happens at, for tests; null means the store's clock.</summary>
    public DateTimeOffset? Now { get; init; }
}
