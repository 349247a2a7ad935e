using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Undercroft.Archives;

/// <summary>A file that becomes an archive, over as many calls as it takes. Beside it stand lines of JSON: of what it
/// is an archive, and after each part how long it is, where its writer was, and the checksum up to there.</summary>
internal sealed class ArchiveFile(IStore store, string path, ArchiveOptions options, TimeProvider clock)
{
    private const int BufferBytes = 128 * 1024;

    private readonly string part = path + ".part";
    private readonly string journal = path + ".part.jsonl";
    private bool isBegun;

    public async Task<ArchiveFileReport> WriteAsync(IProgress<long>? progress, CancellationToken cancellationToken)
    {
        // Outside of the block that deletes it: one that another process is writing is not ours.
        var file = new FileStream(
            part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, BufferBytes, useAsync: true);
        try
        {
            ArchiveFileReport report;
            await using (file.ConfigureAwait(false))
            {
                report = await WriteAsync(file, progress, cancellationToken).ConfigureAwait(false);
                await file.FlushAsync(cancellationToken).ConfigureAwait(false);
                RandomAccess.FlushToDisk(file.SafeFileHandle);
            }

            File.Move(part, path, overwrite: false);
            File.Delete(journal);
            return report;
        }
        catch (Exception error) when (!isBegun || !CanGoOn(error))
        {
            File.Delete(part);
            File.Delete(journal);
            throw;
        }
    }

    private static bool CanGoOn(Exception error) => error is
        OperationCanceledException or IOException or UnauthorizedAccessException or
        (StoreException
        {
            Kind: StoreErrorKind.Full or StoreErrorKind.Unavailable or StoreErrorKind.InUse,
        } and not ArchiveFutileException);

    private async Task<ArchiveFileReport> WriteAsync(
        FileStream file, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        // Not yet known to be good, but nothing to be thrown away because somebody does not wait for the check.
        isBegun = file.Length > 0;
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (beginning, mark) = await FindAsync(file, whole, cancellationToken).ConfigureAwait(false);
        isBegun = mark is not null;
        if (beginning is null || mark is null)
        {
            file.SetLength(0);
            beginning = await ArchiveRun.BeginAsync(store, options, clock, cancellationToken).ConfigureAwait(false);
        }

        var lines = new FileStream(
            journal, mark is null ? FileMode.Create : FileMode.Append, FileAccess.Write, FileShare.Read, 1);
        await using var ownedLines = lines.ConfigureAwait(false);

        // A line that a killed run has left half ends here.
        var first = mark is null ? Line(beginning, ArchiveJson.Default.ArchiveBeginningV1) : [(byte)'\n'];
        await lines.WriteAsync(first, cancellationToken).ConfigureAwait(false);
        progress?.Report(mark?.Place.Records ?? 0);
        var writer = new ArchiveWriter(file, options, mark?.Place, mark is null ? null : whole);
        await using var ownedWriter = writer.ConfigureAwait(false);
        var end = new FeedEnd(store, clock, options.HeldBack, "archive");
        var run = new ArchiveRun(store, writer, beginning, end, progress);
        return new ArchiveFileReport(
            await run.RunAsync(mark?.Place, KeepAsync, cancellationToken).ConfigureAwait(false), mark is not null);

        async ValueTask KeepAsync(ArchivePlaceV1 place)
        {
            await file.FlushAsync(cancellationToken).ConfigureAwait(false);
            var line = Line(new ArchiveMarkV1(file.Position, place), ArchiveJson.Default.ArchiveMarkV1);
            await lines.WriteAsync(line, cancellationToken).ConfigureAwait(false);
            isBegun = true;
        }
    }

    // What an earlier run has left, cut to what is good of it; nulls where there is nothing to go on with.
    private async ValueTask<(ArchiveBeginningV1? Beginning, ArchiveMarkV1? Mark)> FindAsync(
        FileStream file, IncrementalHash whole, CancellationToken cancellationToken)
    {
        var (beginning, mark) = await ReadJournalAsync(file.Length, cancellationToken).ConfigureAwait(false);
        if (beginning is null || mark is null ||
            (beginning.Backend, beginning.Epoch) != (store.Info.Backend, store.Info.Epoch) ||
            beginning.Options != options with { HeldBack = HeldBackWait.Default })
        {
            return default;
        }

        try
        {
            var request = new ChangesRequest { After = new FeedCursor(beginning.Cursor), Limit = 1 };
            _ = await store.ChangesAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is CursorExpiredException or ArgumentException)
        {
            return default;
        }

        file.SetLength(mark.Length);
        return await IsGoodAsync(file, mark.Place, whole, cancellationToken).ConfigureAwait(false)
            ? (beginning, mark)
            : default;
    }

    private async ValueTask<(ArchiveBeginningV1? Beginning, ArchiveMarkV1? Mark)> ReadJournalAsync(
        long length, CancellationToken cancellationToken)
    {
        if (length == 0 || !File.Exists(journal))
        {
            return default;
        }

        ArchiveBeginningV1? beginning = null;
        ArchiveMarkV1? mark = null;
        await foreach (var line in File.ReadLinesAsync(journal, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                if (beginning is null)
                {
                    beginning = JsonSerializer.Deserialize(line, ArchiveJson.Default.ArchiveBeginningV1);
                }
                else if (line.Length > 0 &&
                    JsonSerializer.Deserialize(line, ArchiveJson.Default.ArchiveMarkV1) is { } one &&
                    one.Length <= length)
                {
                    mark = one;
                }
            }
            catch (JsonException) when (beginning is not null)
            {
                // Half a line of a run that was killed: those before and behind it count.
            }
            catch (JsonException)
            {
                return default;
            }
        }

        return (beginning, mark);
    }

    private async ValueTask<bool> IsGoodAsync(
        FileStream file, ArchivePlaceV1 place, IncrementalHash whole, CancellationToken cancellationToken)
    {
        var content = options.IsCompressed
            ? new GZipStream(file, CompressionMode.Decompress, leaveOpen: true)
            : (Stream)file;
        try
        {
            var (buffer, bytes) = (new byte[BufferBytes], 0L);
            while (await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var count and > 0)
            {
                whole.AppendData(buffer, 0, count);
                bytes += count;
            }

            return bytes == place.Bytes && Convert.ToHexStringLower(whole.GetCurrentHash()) == place.Sha256;
        }
        catch (InvalidDataException)
        {
            return false;
        }
        finally
        {
            if (options.IsCompressed)
            {
                await content.DisposeAsync().ConfigureAwait(false);
            }

            _ = file.Seek(0, SeekOrigin.End);
        }
    }

    private static byte[] Line<T>(T value, JsonTypeInfo<T> type) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(value, type), (byte)'\n'];
}
