using System.Text.Json.Serialization;

namespace Undercroft.Migrations;

/// <summary>One run over a collection, as its ledger has it: written in the same commits as the documents, so that the
/// counts are exact whatever happened.</summary>
public sealed record MigrationRun
{
    /// <summary>The most documents named in <see cref="Failures"/>, and in a rollback's.</summary>
    public const int FailuresMax = 100;

    /// <summary>The number of the run: later runs have greater ones, those of all collections together.</summary>
    public long Number { get; init; }

    /// <summary>The collection.</summary>
    public required string Collection { get; init; }

    /// <summary>The version documents are brought to.</summary>
    public required string Target { get; init; }

    /// <summary>The version the collection was at before; null where it had none.</summary>
    public string? Before { get; init; }

    /// <summary>How far it is.</summary>
    public MigrationState State { get; init; }

    /// <summary>When it began, in UTC.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it last wrote, in UTC; after its end, when it ended.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The last document it is done with; null before the first.</summary>
    public string? Cursor { get; init; }

    /// <summary>How many documents it has looked at.</summary>
    public long Examined { get; init; }

    /// <summary>How many it has rewritten.</summary>
    public long Rewritten { get; init; }

    /// <summary>How many could not be migrated and were left as they were.</summary>
    public long Failed { get; init; }

    /// <summary>The bytes of the rewritten documents before.</summary>
    public long BytesBefore { get; init; }

    /// <summary>The bytes of the rewritten documents after.</summary>
    public long BytesAfter { get; init; }

    /// <summary>Whether the originals of the rewritten documents are kept, so that it can be rolled back.</summary>
    public bool HasOriginals { get; init; }

    /// <summary>The first documents that could not be migrated, at most <see cref="FailuresMax"/>.</summary>
    public IReadOnlyList<MigrationFailure> Failures { get; init; } = [];

    /// <summary>What became of it when it was rolled back; null where it was not.</summary>
    public MigrationRollback? Rollback { get; init; }

    /// <summary>Whether it is at an end.</summary>
    [JsonIgnore]
    public bool IsFinished => State is MigrationState.Completed or MigrationState.RolledBack;

    internal MigrationRun Fail(MigrationFailure failure) => this with
    {
        Failed = Failed + 1,
        Failures = Failures.Count < FailuresMax ? [.. Failures, failure] : Failures,
    };
}
