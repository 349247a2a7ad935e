using System.CommandLine;
using Undercroft.Archives;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Commands;

/// <summary><c>store archive</c>: one portable file of a store of any kind.</summary>
internal sealed class StoreArchiveCommand : CliCommand
{
    private readonly Argument<string> target = new("file")
    {
        Description = "Where the archive goes; it must not exist yet. A name that ends in .gz or .tgz compresses it.",
    };

    private readonly Option<bool> deletions = new("--deletions")
    {
        Description = "Take the deletions that the store still knows along.",
    };

    private readonly Option<bool> canonical = new("--canonical")
    {
        Description = "Leave out what each store has of its own, so that equal stores have equal archives.",
    };

    private readonly HeldBackOption heldBack = new();

    public StoreArchiveCommand(CliContext context)
        : base(context, "archive", "Write the store into one portable file that any kind of store can be made of.")
    {
        Add(target);
        Add(deletions);
        Add(canonical);
        Add(heldBack);
        Add(new StoreArchiveVerifyCommand(context));
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var path = run.RequirePath(target);
        if (Path.Exists(path))
        {
            throw new CliException(
                ExitCode.Conflict,
                $"There is something at {Names.Show(path)} already; an archive never overwrites. Name another place.");
        }

        var wait = heldBack.Read(run);
        var storage = await run.OpenAsync(StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var options = new ArchiveOptions
        {
            IsCompressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
                || path.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase),
            IncludesDeletions = run.Get(deletions),
            IsCanonical = run.Get(canonical),
            HeldBack = wait,
        };
        var written = await run.Output.ProgressAsync("Archiving", async progress =>
        {
            var total = await Totals.OfAsync(storage.Store, cancellationToken).ConfigureAwait(false);
            var relay = new Relay<long>(done => progress.Report((done, total)));
            try
            {
                return await StoreArchive
                    .WriteFileAsync(storage.Store, path, options, run.Host.Clock, relay, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw new CliException(
                    ExitCode.Cancelled,
                    $"Interrupted; {Names.Show(path)} was not written. Run the same command again, and it goes on "
                    + "where it was.");
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new CliException(
                    ExitCode.Failure,
                    $"Cannot write {Names.Show(path)}: {error.Message.TrimEnd('.')}. Mend that, then retry.");
            }
        }).ConfigureAwait(false);
        if (written.IsResumed)
        {
            run.Output.Note("It went on with what an earlier run had left.");
        }

        ArchiveView.Show(run, path, written.Archive, $"Archived to {Path.GetFullPath(path)}");
        if (!run.IsJson)
        {
            run.Output.Note($"Check it with '{CliApp.Name} store archive verify {path}', bring it back with "
                + $"'{CliApp.Name} store restore {path}'.");
        }

        return ExitCode.Ok;
    }
}

/// <summary>What <c>store archive --json</c> and <c>store archive verify --json</c> write.</summary>
internal sealed record ArchiveView(
    string Path,
    int Version,
    DateTimeOffset? CreatedAt,
    string? Backend,
    Guid? Epoch,
    long Records,
    long Changes,
    long Bytes,
    string Sha256)
{
    public static void Show(CliRun run, string path, ArchiveReport report, string what)
    {
        if (run.IsJson)
        {
            run.Output.Json(
                new ArchiveView(
                    System.IO.Path.GetFullPath(path), report.Version, report.CreatedAt, report.Backend, report.Epoch,
                    report.Records, report.Changes, report.Bytes, report.Digest),
                CliJson.Default.ArchiveView);
            return;
        }

        run.Output.Line($"{what}: {Amounts.Of(report.Records, "record", "records")}, "
            + (report.Changes == 0 ? "" : $"{Amounts.Of(report.Changes, "change", "changes")} behind them, ")
            + $"{Amounts.Bytes(report.Bytes)}.");
    }
}
