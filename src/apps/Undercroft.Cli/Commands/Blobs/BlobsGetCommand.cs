using System.CommandLine;
using System.Globalization;
using Undercroft.Blobs;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Commands;

/// <summary><c>store blobs get</c>: a blob out of the store, or a range of it.</summary>
internal sealed class BlobsGetCommand : CliCommand
{
    private readonly Argument<string> name = BlobsCommands.Name();

    private readonly Option<string?> target = new("--to")
    {
        Description = "Write to this file. Run it again after an interruption, and it goes on.",
        HelpName = "path",
    };

    private readonly Option<bool> overwrite = new("--overwrite") { Description = "Replace a file that is there." };

    private readonly Option<string?> range = new("--range")
    {
        Description = "Only these bytes: FIRST-LAST, FIRST- to the end, or -COUNT for the last ones.",
        HelpName = "range",
    };

    public BlobsGetCommand(CliContext context)
        : base(context, "get", "Write a blob, or a range of it, to the standard output or a file.")
    {
        Add(name);
        Add(target);
        Add(overwrite);
        Add(range);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var blob = run.Require(name);
        var path = run.Get(target) is { } given ? Path.GetFullPath(given) : null;
        if (path is null && (run.IsJson || run.Output.IsTerminal))
        {
            throw new CliException(
                ExitCode.Usage, "The bytes need a place: name a file with --to, or use a pipe and no --json.");
        }

        if (path is not null && Path.Exists(path) && !run.Get(overwrite))
        {
            throw new CliException(
                ExitCode.Conflict,
                $"There is something at {Names.Show(path)} already. Name another file, or say --overwrite.");
        }

        var storage = await BlobsCommands.OpenAsync(run, StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var info = await storage.Blobs.GetAsync(blob, cancellationToken).ConfigureAwait(false) ??
            throw BlobsCommands.NotFound(blob);
        var (from, length) = ReadRange(run.Get(range), info.Length);
        var stream = await storage.Blobs.OpenReadAsync(blob, from, length, cancellationToken).ConfigureAwait(false) ??
            throw BlobsCommands.NotFound(blob);
        await using var ownedStream = stream.ConfigureAwait(false);
        if (path is null)
        {
            await run.Host.Terminal.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
            await stream.CopyToAsync(run.Host.Terminal.OutBytes, cancellationToken).ConfigureAwait(false);
            return ExitCode.Ok;
        }

        await BlobFile.WriteAsync(run, stream, path, cancellationToken).ConfigureAwait(false);
        if (run.IsJson)
        {
            run.Output.Json(BlobView.Of(stream.Info), CliJson.Default.BlobView);
        }
        else
        {
            run.Output.Line($"{Amounts.Bytes(stream.Length)} written to {path}.");
        }

        return ExitCode.Ok;
    }

    private static (long From, long? Length) ReadRange(string? text, long total)
    {
        if (text is null)
        {
            return (0, null);
        }

        var dash = text.IndexOf('-', StringComparison.Ordinal);
        var (first, last) = dash < 0 ? ("", "") : (text[..dash], text[(dash + 1)..]);
        long? Number(string digits) =>
            long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return (Number(first), Number(last)) switch
        {
            (null, { } count) when first.Length == 0 => (Math.Max(0, total - count), null),
            ({ } from, null) when last.Length == 0 => (from, null),
            ({ } from, { } to) when to >= from && to < long.MaxValue => (from, to - from + 1),
            _ => throw new CliException(
                ExitCode.Usage,
                $"--range is {Names.Show(text)}; expected FIRST-LAST, FIRST- or -COUNT, as in 0-99."),
        };
    }
}
