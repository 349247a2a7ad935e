using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Migrations;

namespace Undercroft.Cli.Commands;

/// <summary>One use of a migrator, with what it says about it.</summary>
internal sealed class MigrateRun(
    CliOutput output, Storage storage, string collection, MigrationChain chain, bool goesOn)
{
    // The most names of collections in a note.
    private const int NamesMax = 8;

    private readonly Migrator quiet = new(storage, collection, chain);

    public async Task<ExitCode> MigrateAsync(CancellationToken cancellationToken)
    {
        var run = await WatchedAsync("Migrating", migrator => migrator.RunAsync(cancellationToken).AsTask())
            .ConfigureAwait(false);
        if (!output.IsJson)
        {
            output.Line(
                $"{Amounts.Of(run.Rewritten, "document", "documents")} of {Amounts.Count(run.Examined)} rewritten to "
                + $"version {run.Target}, {Amounts.Bytes(run.BytesBefore)} to {Amounts.Bytes(run.BytesAfter)}; run "
                + $"{run.Number} is {Lower(run.State)}.");
            Show(run.Failures, run.Failed, "cannot be migrated");
            if (run.State == MigrationState.Stopped)
            {
                output.Note("Mend it and run again: it goes on there. Or go on behind it with --continue.");
            }
            else if (run is { HasOriginals: true, Rewritten: > 0 })
            {
                output.Note("Take it back with --rollback.");
            }
        }

        if (run.Examined == 0)
        {
            await NoteEmptyAsync(cancellationToken).ConfigureAwait(false);
        }

        return Ended(run, run.Failed == 0);
    }

    public async Task<ExitCode> TakeBackAsync(RollbackMode mode, CancellationToken cancellationToken)
    {
        var run = await WatchedAsync(
                "Taking back", migrator => migrator.RollbackAsync(mode, cancellationToken).AsTask())
            .ConfigureAwait(false);
        var report = run.Rollback!;
        if (!output.IsJson)
        {
            output.Line(
                $"Run {run.Number} is taken back: {Amounts.Of(report.Restored, "document", "documents")} restored, "
                + $"{Amounts.Count(report.TakenDown)} taken down, {Amounts.Count(report.Kept)} kept.");
            Show(report.KeptDocuments, report.Kept, "stay as they are");
        }

        return Ended(run, report.Kept == 0);
    }

    public async Task<ExitCode> TryAsync(CancellationToken cancellationToken)
    {
        var dry = await output
            .ProgressAsync("Trying", progress => With(progress).DryRunAsync(cancellationToken).AsTask())
            .ConfigureAwait(false);
        var isGood = dry.Failed == 0 && dry.Plan.IsComplete;
        if (dry.Plan.Versions.Sum(static version => version.Documents) == 0)
        {
            await NoteEmptyAsync(cancellationToken).ConfigureAwait(false);
        }

        if (output.IsJson)
        {
            output.Json(DryRunView.Of(dry), CliJson.Default.DryRunView);
            return isGood ? ExitCode.Ok : ExitCode.Failure;
        }

        var table = new TableView("Version", ">Documents", "Way");
        foreach (var version in dry.Plan.Versions)
        {
            table.Add(version.Version, Amounts.Count(version.Documents), version.Path ?? version.Problem!);
        }

        output.Table(table);
        foreach (var sample in dry.Samples)
        {
            output.Line($"{sample.Id} ({sample.Version})");
            foreach (var line in sample.Differences)
            {
                output.Line($"  {line}");
            }
        }

        output.Line(
            $"{Amounts.Of(dry.Rewritten, "document", "documents")} would be rewritten to version {dry.Plan.Target}, "
            + $"{Amounts.Bytes(dry.BytesBefore)} to {Amounts.Bytes(dry.BytesAfter)}. Nothing was written.");
        Show(dry.Failures, dry.Failed, "cannot be migrated");
        return isGood ? ExitCode.Ok : ExitCode.Failure;
    }

    public async Task<ExitCode> ListAsync(CancellationToken cancellationToken)
    {
        var runs = await quiet.HistoryAsync(cancellationToken).ConfigureAwait(false);
        if (output.IsJson)
        {
            foreach (var run in runs)
            {
                output.Json(MigrationRunView.Of(run), CliJson.Default.MigrationRunView);
            }

            return ExitCode.Ok;
        }

        var table = new TableView(">Run", "To", "State", "Begun", ">Rewritten", ">Failed", "Originals");
        foreach (var run in runs)
        {
            table.Add(
                Amounts.Count(run.Number), run.Target, Lower(run.State), Amounts.Time(run.StartedAt),
                Amounts.Count(run.Rewritten), Amounts.Count(run.Failed), run.HasOriginals ? "kept" : "");
        }

        output.Table(table);
        return ExitCode.Ok;
    }

    public async Task<ExitCode> ForgetAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        var forgotten = await quiet.ForgetOriginalsAsync(age, cancellationToken).ConfigureAwait(false);
        if (output.IsJson)
        {
            output.Json(new ForgottenView(forgotten), CliJson.Default.ForgottenView);
        }
        else
        {
            output.Line($"{Amounts.Of(forgotten, "original", "originals")} forgotten.");
        }

        return ExitCode.Ok;
    }

    /// <summary>Says that there was nothing to do, which is what a mistyped name looks like.</summary>
    private async Task NoteEmptyAsync(CancellationToken cancellationToken)
    {
        var sizes = await storage.Store
            .MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Measure }, cancellationToken)
            .ConfigureAwait(false);
        string[] names =
        [
            .. sizes.Collections
                .Where(static one => one.Records > 0 && !one.Collection.StartsWith('$'))
                .Select(static one => Names.Show(one.Collection))
                .Take(NamesMax),
        ];
        output.Note(
            $"The collection {Names.Show(collection)} has no documents. "
            + (names.Length == 0 ? "Nor has any other." : $"There are some in {string.Join(", ", names)}."));
    }

    private Task<MigrationRun> WatchedAsync(string title, Func<Migrator, Task<MigrationRun>> work) =>
        output.ProgressAsync(title, progress => work(With(progress)));

    private Migrator With(IProgress<(long Done, long Total)> progress) => new(
        storage,
        collection,
        chain,
        new MigratorOptions
        {
            OnFailure = goesOn ? FailurePolicy.Continue : FailurePolicy.Stop,
            Progress = new Counted(progress),
        });

    private ExitCode Ended(MigrationRun run, bool isGood)
    {
        if (output.IsJson)
        {
            output.Json(MigrationRunView.Of(run), CliJson.Default.MigrationRunView);
        }

        return isGood ? ExitCode.Ok : ExitCode.Failure;
    }

    private void Show(IReadOnlyList<MigrationFailure> failures, long count, string what)
    {
        if (count == 0)
        {
            return;
        }

        output.Line($"{Amounts.Of(count, "document", "documents")} {what}:");
        foreach (var failure in failures)
        {
            output.Line($"  {failure.Id}: {failure.Reason}");
        }
    }

    private static string Lower(MigrationState state) => StoreInfoView.Lower(state);

    private sealed class Counted(IProgress<(long Done, long Total)> progress) : IProgress<MigrationRun>
    {
        public void Report(MigrationRun value) => progress.Report((
            value.Rollback is { } back ? back.Restored + back.TakenDown + back.Kept : value.Examined, 0));
    }
}
