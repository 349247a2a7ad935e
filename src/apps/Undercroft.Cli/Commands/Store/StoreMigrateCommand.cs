using System.CommandLine;
using System.Text;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Migrations;

namespace Undercroft.Cli.Commands;

/// <summary><c>store migrate</c>: brings the documents of a collection to another version.</summary>
internal sealed class StoreMigrateCommand : CliCommand
{
    private readonly Argument<string> file = new("steps")
    {
        Description = "The file of versions and steps, in JSON.",
    };

    private readonly Argument<string> collection = StoreArguments.Collection();

    private readonly Option<string?> to = new("--to")
    {
        Description = "The version to bring them to; without it the newest, or the file's current one.",
        HelpName = "version",
    };

    private readonly Option<bool> dryRun = new("--dry-run")
    {
        Description = "Try every step on every document in memory, and say what would happen; write nothing.",
    };

    private readonly Option<bool> rollback = new("--rollback")
    {
        Description = "Take the last run back: every document that was not written since gets its original.",
    };

    private readonly Option<string> changed = new("--changed")
    {
        Description = "With --rollback, what becomes of documents written since: keep, take-down by steps, or "
            + "overwrite with their originals.",
        HelpName = "how",
        DefaultValueFactory = static _ => "keep",
    };

    private readonly Option<bool> goOn = new("--continue")
    {
        Description = "Go on behind documents that cannot be migrated; without it the run stops there.",
    };

    private readonly Option<bool> history = new("--history")
    {
        Description = "List the runs there were; change nothing.",
    };

    private readonly Option<string?> forget = new("--forget-originals")
    {
        Description = "Forget the originals of runs that ended longer ago than this; they can no longer be taken back.",
        HelpName = "time",
    };

    public StoreMigrateCommand(CliContext context)
        : base(context, "migrate", "Bring the documents of a collection to another version, or take that back.")
    {
        Add(collection);
        Add(file);
        Add(to);
        Add(dryRun);
        Add(rollback);
        Add(changed);
        Add(goOn);
        Add(history);
        Add(forget);
        Validators.Add(result =>
        {
            var chosen = new[] { result.GetValue(dryRun), result.GetValue(rollback), result.GetValue(history),
                result.GetValue(forget) is not null };
            if (chosen.Count(static one => one) > 1)
            {
                result.AddError(
                    "--dry-run, --rollback, --history and --forget-originals exclude each other; choose one.");
            }

            if (!result.GetValue(rollback) && result.GetResult(changed) is { Implicit: false })
            {
                result.AddError("--changed says how to roll back; give --rollback too.");
            }
        });
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var chain = await ReadChainAsync(run, cancellationToken).ConfigureAwait(false);
        var isReading = run.Get(dryRun) || run.Get(history);
        var mode = ReadMode(run.Get(changed)!);
        var storage = await run.OpenAsync(isReading ? StoreUse.Read : StoreUse.Change, cancellationToken)
            .ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var migration = new MigrateRun(run.Output, storage, run.Require(collection), chain, run.Get(goOn));
        if (run.Get(forget) is { } age)
        {
            return await migration
                .ForgetAsync(Durations.Read(age, "--forget-originals"), cancellationToken)
                .ConfigureAwait(false);
        }

        return run.Get(history) ? await migration.ListAsync(cancellationToken).ConfigureAwait(false)
            : run.Get(dryRun) ? await migration.TryAsync(cancellationToken).ConfigureAwait(false)
            : run.Get(rollback) ? await migration.TakeBackAsync(mode, cancellationToken).ConfigureAwait(false)
            : await migration.MigrateAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<MigrationChain> ReadChainAsync(CliRun run, CancellationToken cancellationToken)
    {
        var bytes = await Inputs.ReadFileAsync(run.Require(file), cancellationToken).ConfigureAwait(false);
        var chain = MigrationFile.Parse(Encoding.UTF8.GetString(bytes.Span));
        chain = run.Get(to) is { } version ? chain.To(version) : chain;
        try
        {
            _ = chain.Current;
            return chain;
        }
        catch (InvalidOperationException)
        {
            throw new CliException(
                ExitCode.Usage,
                $"The file ends at several versions; it has {chain}. Name the one to bring documents to by --to.");
        }
    }

    private static RollbackMode ReadMode(string text) => text switch
    {
        "keep" => RollbackMode.KeepChanged,
        "take-down" => RollbackMode.TakeDownChanged,
        "overwrite" => RollbackMode.OverwriteChanged,
        _ => throw new CliException(
            ExitCode.Usage, $"--changed is {Names.Show(text)}; expected keep, take-down or overwrite."),
    };
}
