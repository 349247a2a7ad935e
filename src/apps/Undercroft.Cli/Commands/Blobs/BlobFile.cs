using System.Security.Cryptography;
using Undercroft.Blobs;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;

namespace Undercroft.Cli.Commands;

/// <summary>Writes a blob to a file: under a name of its own until it is whole, so that an interruption leaves the old
/// file, and the next run goes on. A range begins anew: no hash tells whether what is there is the beginning of it.
/// </summary>
internal static class BlobFile
{
    private const int BufferBytes = 256 * 1024;

    public static async Task WriteAsync(
        CliRun run, BlobStream blob, string path, CancellationToken cancellationToken)
    {
        var part = $"{path}.{blob.Info.Sha256[..16]}-{blob.Length}.part";
        try
        {
            await run.Output.ProgressAsync(
                "Getting", progress => FillAsync(run, blob, part, progress, cancellationToken)).ConfigureAwait(false);
            File.Move(part, path, overwrite: true);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new CliException(
                ExitCode.Cancelled,
                $"Interrupted; {Names.Show(path)} was not written. Run the same command again{GoesOn(blob)}.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(
                ExitCode.Failure,
                $"Cannot write {Names.Show(path)}: {error.Message.TrimEnd('.')}. Mend that, then run the same command "
                + $"again{GoesOn(blob)}.");
        }
    }

    private static bool IsWhole(BlobStream blob) => blob.Length == blob.Info.Length;

    private static string GoesOn(BlobStream blob) => IsWhole(blob) ? ": it goes on where it was" : "";

    private static async Task FillAsync(
        CliRun run,
        BlobStream blob,
        string part,
        IProgress<(long Done, long Total)> progress,
        CancellationToken cancellationToken)
    {
        var file = new FileStream(
            part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, useAsync: true);
        await using var owned = file.ConfigureAwait(false);
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferBytes];
        if (file.Length > blob.Length || !IsWhole(blob))
        {
            file.SetLength(0);
        }

        if (file.Length > 0)
        {
            run.Output.Note($"Going on at {Amounts.Bytes(file.Length)} of {Amounts.Bytes(blob.Length)}.");
        }

        while (await file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var count and > 0)
        {
            whole.AppendData(buffer, 0, count);
        }

        blob.Position = file.Length;
        while (await blob.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var count and > 0)
        {
            whole.AppendData(buffer, 0, count);
            await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            progress.Report((blob.Position, blob.Length));
        }

        file.Flush(flushToDisk: true);
        var found = Convert.ToHexStringLower(whole.GetHashAndReset());
        if (IsWhole(blob) && found != blob.Info.Sha256)
        {
            file.SetLength(0);
            throw new CliException(
                ExitCode.Failure,
                $"What an earlier run left in {Names.Show(part)} is not the beginning of the blob: the SHA-256 of all "
                + $"is {found}; expected {blob.Info.Sha256}. It was emptied: run the same command again.");
        }
    }
}
