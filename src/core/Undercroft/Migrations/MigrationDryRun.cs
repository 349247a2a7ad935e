namespace Undercroft.Migrations;

/// <summary>What a run would do, found out on every document without writing any.</summary>
public sealed record MigrationDryRun
{
    /// <summary>The versions found, and their ways.</summary>
    public required MigrationPlan Plan { get; init; }

    /// <summary>How many documents would be rewritten.</summary>
    public long Rewritten { get; init; }

    /// <summary>How many could not be migrated.</summary>
    public long Failed { get; init; }

    /// <summary>The first of those, at most <see cref="MigrationRun.FailuresMax"/>.</summary>
    public IReadOnlyList<MigrationFailure> Failures { get; init; } = [];

    /// <summary>The bytes of the documents that would be rewritten, as they are.</summary>
    public long BytesBefore { get; init; }

    /// <summary>The bytes of the documents that would be rewritten, as they would be.</summary>
    public long BytesAfter { get; init; }

    /// <summary>Some documents before and after.</summary>
    public IReadOnlyList<MigrationSample> Samples { get; init; } = [];
}
