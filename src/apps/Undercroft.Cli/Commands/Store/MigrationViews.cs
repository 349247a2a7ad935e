using Undercroft.Migrations;

namespace Undercroft.Cli.Commands;

/// <summary>What <c>store migrate --json</c> writes about a run.</summary>
internal sealed record MigrationRunView(
    long Run,
    string Collection,
    string Target,
    string? Before,
    string State,
    DateTimeOffset StartedAt,
    DateTimeOffset UpdatedAt,
    long Examined,
    long Rewritten,
    long Failed,
    long BytesBefore,
    long BytesAfter,
    bool HasOriginals,
    IReadOnlyList<MigrationFailure> Failures,
    long? Restored,
    long? TakenDown,
    long? Kept,
    IReadOnlyList<MigrationFailure>? KeptDocuments)
{
    public static MigrationRunView Of(MigrationRun run) => new(
        run.Number, run.Collection, run.Target, run.Before, StoreInfoView.Lower(run.State), run.StartedAt,
        run.UpdatedAt, run.Examined, run.Rewritten, run.Failed, run.BytesBefore, run.BytesAfter, run.HasOriginals,
        run.Failures, run.Rollback?.Restored, run.Rollback?.TakenDown, run.Rollback?.Kept,
        run.Rollback?.KeptDocuments);
}

/// <summary>What <c>store migrate --dry-run --json</c> writes.</summary>
internal sealed record DryRunView(
    string Collection,
    string Target,
    long Documents,
    IReadOnlyList<MigrationPlanVersion> Versions,
    long Rewritten,
    long Failed,
    long BytesBefore,
    long BytesAfter,
    IReadOnlyList<MigrationFailure> Failures,
    IReadOnlyList<SampleView> Samples)
{
    public static DryRunView Of(MigrationDryRun dry) => new(
        dry.Plan.Collection, dry.Plan.Target, dry.Plan.Documents, dry.Plan.Versions, dry.Rewritten, dry.Failed,
        dry.BytesBefore, dry.BytesAfter, dry.Failures,
        [.. dry.Samples.Select(static sample => new SampleView(sample.Id, sample.Version, sample.Differences))]);
}

/// <summary>A document before and after, in <see cref="DryRunView"/>.</summary>
internal sealed record SampleView(string Id, string Version, IReadOnlyList<string> Differences);

/// <summary>What <c>store migrate --forget-originals --json</c> writes.</summary>
internal sealed record ForgottenView(long Forgotten);
