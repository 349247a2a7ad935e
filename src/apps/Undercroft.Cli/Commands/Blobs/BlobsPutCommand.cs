using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Undercroft.Blobs;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Commands;

/// <summary><c>store blobs put</c>: a file into the store; interrupted, it goes on where it was.</summary>
internal sealed class BlobsPutCommand : CliCommand
{
    private readonly Argument<string> name = BlobsCommands.Name();

    private readonly Argument<string?> file = new("file")
    {
        Description = "The file; '-' or nothing reads the standard input, which cannot be gone on with.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> type = new("--content-type")
    {
        Description = "What the bytes are, such as image/png.",
        HelpName = "type",
    };

    private readonly Option<string[]> tags = new("--tag")
    {
        Description = "A tag to give it; may be repeated. Without it the tags stay as they are.",
        HelpName = "tag",
    };

    private readonly Option<string?> life = StoreArguments.Life();

    private readonly Option<string?> sha256 = new("--sha256")
    {
        Description = "Put it only if the bytes have this SHA-256.",
        HelpName = "hash",
    };

    private readonly Option<string?> revision = StoreArguments.IfRevision(
        "Put it only if the name is at this revision; 0 means only if there is none.");

    public BlobsPutCommand(CliContext context)
        : base(context, "put", "Put a file into the store. Run it again after an interruption, and it goes on.")
    {
        Add(name);
        Add(file);
        Add(type);
        Add(tags);
        Add(life);
        Add(sha256);
        Add(revision);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var blob = run.Require(name);
        var options = new BlobWriteOptions
        {
            ContentType = run.Get(type),
            Tags = run.Has(tags) ? run.Get(tags) : null,
            TimeToLive = StoreArguments.ReadLife(run.Get(life)),
            Expected = StoreArguments.ReadRevision(run.Get(revision)),
        };
        var path = run.Get(file) is { } given and not "-" ? Path.GetFullPath(given) : null;
        var source = Open(run, path);
        await using var owned = source.ConfigureAwait(false);
        var storage = await BlobsCommands.OpenAsync(run, StoreUse.Write, cancellationToken).ConfigureAwait(false);
        await using var ownedStorage = storage.ConfigureAwait(false);

        // What can be read once only, as a pipe, cannot go on where it was.
        var id = source is SteadyFile ? IdOf(path!, source.Length) : null;
        var staged = await run.Output.ProgressAsync(
            "Putting",
            progress => StageAsync(run, storage.Blobs, id, source, progress, cancellationToken))
            .ConfigureAwait(false);
        (source as SteadyFile)?.CheckUnchanged();
        var info = await storage.Blobs.PutAsync(blob, staged, options, cancellationToken).ConfigureAwait(false);
        if (run.IsJson)
        {
            run.Output.Json(BlobView.Of(info), CliJson.Default.BlobView);
        }
        else
        {
            run.Output.Line($"{blob} is at {info.Revision}: {Amounts.Bytes(info.Length)}, SHA-256 {info.Sha256}.");
        }

        return ExitCode.Ok;
    }

    private async Task<StagedBlob> StageAsync(
        CliRun run,
        BlobStore blobs,
        string? id,
        Stream source,
        IProgress<(long Done, long Total)> progress,
        CancellationToken cancellationToken)
    {
        var options = new BlobUploadOptions
        {
            ExpectedSha256 = run.Get(sha256),
            Progress = progress.Toward(id is null ? 0 : source.Length),
        };
        if (id is null)
        {
            return await blobs.StageAsync(source, options, cancellationToken).ConfigureAwait(false);
        }

        var upload = await blobs.UploadAsync(id, cancellationToken).ConfigureAwait(false);
        if (upload.Length > 0)
        {
            run.Output.Note($"Going on at {Amounts.Bytes(upload.Length)} of {Amounts.Bytes(source.Length)}.");
            source.Position = upload.Length;
        }

        try
        {
            return await upload.ReceiveAsync(source, options, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new CliException(
                ExitCode.Cancelled,
                "Interrupted; nothing was put. Run the same command again, and it goes on where it was.");
        }
    }

    private static Stream Open(CliRun run, string? path)
    {
        if (path is null)
        {
            return run.Host.Terminal.IsInputRedirected
                ? run.Host.Terminal.OpenInput()
                : throw new CliException(ExitCode.Usage, "There are no bytes to put: name a file, or use a pipe.");
        }

        Inputs.RefuseFolder(path);
        try
        {
            return SteadyFile.Open(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CliException(ExitCode.NotFound, $"There is no file {Names.Show(path)}. Check the path.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Failure, $"Cannot read {Names.Show(path)}: {error.Message}");
        }
    }

    // A file that was changed is another upload.
    private static string IdOf(string path, long length) => "file-" + Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{path}\n{length}\n{File.GetLastWriteTimeUtc(path).Ticks}"))));
}
