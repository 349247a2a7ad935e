using System.CommandLine;
using Undercroft.Archives;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Commands;

/// <summary><c>store archive verify</c>: checks every byte of an archive.</summary>
internal sealed class StoreArchiveVerifyCommand : CliCommand
{
    private readonly Argument<string> archive = new("file") { Description = "What 'store archive' made." };

    public StoreArchiveVerifyCommand(CliContext context)
        : base(context, "verify", "Check every byte of an archive; no store is opened.") => Add(archive);

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var path = run.RequirePath(archive);
        var file = ArchiveFile.Open(path);
        await using var owned = file.ConfigureAwait(false);
        var report = await run.Output.ProgressAsync("Verifying", progress => StoreArchive.VerifyAsync(
            file, null, new Relay<long>(_ => progress.Report((file.Position, file.Length))), cancellationToken))
            .ConfigureAwait(false);
        ArchiveView.Show(run, path, report, "The archive is sound");
        return ExitCode.Ok;
    }
}
