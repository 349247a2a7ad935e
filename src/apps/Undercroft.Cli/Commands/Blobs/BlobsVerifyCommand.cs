using System.CommandLine;
using Undercroft.Blobs;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Commands;

/// <summary><c>store blobs verify</c>: reads blobs whole and says what is wrong.</summary>
internal sealed class BlobsVerifyCommand : CliCommand
{
    private readonly Argument<string?> name = new("name")
    {
        Description = "The blob; nothing verifies all.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public BlobsVerifyCommand(CliContext context)
        : base(context, "verify", "Read blobs whole and check every byte; change nothing.") => Add(name);

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var blob = run.Get(name);
        var storage = await BlobsCommands.OpenAsync(run, StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var report = await run.Output.ProgressAsync(
            "Verifying",
            progress => storage.Blobs.VerifyAsync(blob, progress.Toward(0), cancellationToken).AsTask())
            .ConfigureAwait(false);
        if (blob is not null && report.Blobs == 0)
        {
            throw BlobsCommands.NotFound(blob);
        }

        if (run.IsJson)
        {
            run.Output.Json(
                new BlobsVerifyView(
                    report.Problems.Count == 0, report.Blobs, report.Chunks, report.Bytes, report.Problems),
                CliJson.Default.BlobsVerifyView);
        }
        else
        {
            Show(run, report);
        }

        return report.Problems.Count == 0 ? ExitCode.Ok : ExitCode.Failure;
    }

    private static void Show(CliRun run, BlobVerifyReport report)
    {
        foreach (var problem in report.Problems)
        {
            run.Output.Line(problem.Message);
        }

        var read = $"{Amounts.Of(report.Blobs, "blob", "blobs")} in {Amounts.Of(report.Chunks, "chunk", "chunks")} of "
            + $"{Amounts.Bytes(report.Bytes)} read";
        run.Output.Line(report.Problems.Count == 0
            ? $"All is well: {read}."
            : $"{Amounts.Of(report.Problems.Count, "blob is", "blobs are")} damaged; {read}.");
    }
}

/// <summary>What <c>store blobs verify --json</c> writes.</summary>
internal sealed record BlobsVerifyView(
    bool Sound, long Blobs, long Chunks, long Bytes, IReadOnlyList<BlobProblem> Problems);
