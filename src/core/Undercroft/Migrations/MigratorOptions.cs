namespace Undercroft.Migrations;

/// <summary>Settings for a <see cref="Migrator"/>.</summary>
public sealed record MigratorOptions
{
    /// <summary>The most documents in one commit. The default is 200; a store's own limits are kept besides.</summary>
    public int BatchSize { get; init; } = 200;

    /// <summary>Whether the originals are kept, in the same commits, so that the run can be rolled back. The default is
    /// true.</summary>
    public bool KeepsOriginals { get; init; } = true;

    /// <summary>What to do at a document that cannot be migrated. The default is to stop.</summary>
    public FailurePolicy OnFailure { get; init; }

    /// <summary>How long the lease lasts that keeps others away, by the store's clock; each batch renews it. It must be
    /// longer than a batch takes. The default is 30 seconds.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait for somebody else's lease. The default is not at all.</summary>
    public TimeSpan LeaseWait { get; init; }

    /// <summary>The most sample documents in a dry run. The default is 5.</summary>
    public int SamplesMax { get; init; } = 5;

    /// <summary>Told about a run after each batch; null tells nobody.</summary>
    public IProgress<MigrationRun>? Progress { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BatchSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(Lease, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(LeaseWait, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(SamplesMax);
    }
}
