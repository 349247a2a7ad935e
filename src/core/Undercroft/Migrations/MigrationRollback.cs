namespace Undercroft.Migrations;

/// <summary>What a rollback has done.</summary>
public sealed record MigrationRollback
{
    /// <summary>How many documents have their original back: bytes, times, tags and all.</summary>
    public long Restored { get; init; }

    /// <summary>How many were taken down by steps, with what was changed in them since.</summary>
    public long TakenDown { get; init; }

    /// <summary>How many were left as they are, because they were written or deleted since.</summary>
    public long Kept { get; init; }

    /// <summary>The first of those, with the reason, at most <see cref="MigrationRun.FailuresMax"/>.</summary>
    public IReadOnlyList<MigrationFailure> KeptDocuments { get; init; } = [];

    /// <summary>Whether all originals are done with, and documents written since are being looked at.</summary>
    public bool IsPastOriginals { get; init; }

    internal MigrationRollback Keep(string id, string reason) => this with
    {
        Kept = Kept + 1,
        KeptDocuments = KeptDocuments.Count < MigrationRun.FailuresMax
            ? [.. KeptDocuments, new MigrationFailure(id, reason)]
            : KeptDocuments,
    };
}
