using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Undercroft.Archives;

/// <summary>Writes an archive as a stream: head, parts of records, parts of changes, end. It keeps one part in memory.
/// </summary>
internal sealed class ArchiveWriter : IAsyncDisposable
{
    private readonly Stream output;
    private readonly bool ownsOutput;
    private readonly ArchiveOptions options;
    private readonly IncrementalHash whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ArrayBufferWriter<byte> part = new(ArchiveForm.PartBytes * 2);
    private readonly Utf8JsonWriter json;
    private bool isChange;
    private int lines;
    private int parts;
    private long bytes;
    private long records;
    private long changes;

    public ArchiveWriter(Stream target, ArchiveOptions options)
    {
        this.options = options;
        ownsOutput = options.IsCompressed;
        output = options.IsCompressed
            ? new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true)
            : target;
        json = new Utf8JsonWriter(part, RecordLine.Form);
    }

    /// <summary>How many records were taken so far, changes too.</summary>
    public long Count => records + changes;

    public ValueTask WriteHeadAsync(ArchiveHeadV1 head, CancellationToken cancellationToken) =>
        WriteNoteAsync(ArchiveForm.HeadName, head, ArchiveJson.Default.ArchiveHeadV1, cancellationToken);

    /// <summary>Takes a record of the main part: they come in the order of their keys.</summary>
    public ValueTask AddRecordAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        records++;
        return AddAsync(record, isChangeLine: false, cancellationToken);
    }

    /// <summary>Takes a change: they come behind all records.</summary>
    public ValueTask AddChangeAsync(StoreRecord record, CancellationToken cancellationToken) =>
        ++changes <= ArchiveForm.ChangesMax
            ? AddAsync(record, isChangeLine: true, cancellationToken)
            : throw new StoreException(
                StoreErrorKind.Unavailable,
                $"Cannot archive the store: more than {ArchiveForm.ChangesMax} records were written meanwhile. " +
                "Archive it in a quieter hour, or archive a backup of it.")
            {
                IsTransient = true,
            };

    /// <summary>Writes what is left and the end.</summary>
    /// <returns>Everything but what the head says.</returns>
    public async ValueTask<ArchiveReport> EndAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        var digest = Convert.ToHexStringLower(whole.GetCurrentHash());
        var end = new ArchiveEndV1(records, changes, parts, bytes, digest);
        await WriteNoteAsync(ArchiveForm.EndName, end, ArchiveJson.Default.ArchiveEndV1, cancellationToken)
            .ConfigureAwait(false);
        await WriteAsync(new byte[2 * TarBlock.Size], cancellationToken).ConfigureAwait(false);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        return new ArchiveReport
        {
            Version = ArchiveForm.Version,
            Records = records,
            Changes = changes,
            Bytes = bytes,
            Digest = digest,
        };
    }

    public async ValueTask DisposeAsync()
    {
        whole.Dispose();
        await json.DisposeAsync().ConfigureAwait(false);
        if (ownsOutput)
        {
            await output.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask AddAsync(StoreRecord record, bool isChangeLine, CancellationToken cancellationToken)
    {
        if (isChangeLine != isChange)
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
            isChange = isChangeLine;
        }

        json.Reset();
        RecordLine.Write(json, record, hasRevision: !options.IsCanonical);
        await json.FlushAsync(cancellationToken).ConfigureAwait(false);
        part.Write("\n"u8);
        lines++;
        if (part.WrittenCount > ArchiveForm.PartBytesMax - ArchiveForm.NoteBytesMax)
        {
            throw new LimitExceededException(
                $"to archive {Names.Show(record.Key.ToString())}", nameof(ArchiveForm.PartBytesMax),
                ArchiveForm.PartBytesMax, part.WrittenCount);
        }

        if (part.WrittenCount >= ArchiveForm.PartBytes || lines == ArchiveForm.PartLines)
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (lines == 0)
        {
            return;
        }

        var seal = new ArchiveSealV1(lines, Convert.ToHexStringLower(SHA256.HashData(part.WrittenSpan)));
        part.Write(JsonSerializer.SerializeToUtf8Bytes(seal, ArchiveJson.Default.ArchiveSealV1));
        part.Write("\n"u8);
        await WriteEntryAsync(ArchiveForm.PartName(isChange, ++parts), part.WrittenMemory, cancellationToken)
            .ConfigureAwait(false);
        part.ResetWrittenCount();
        lines = 0;
    }

    private ValueTask WriteNoteAsync<T>(
        string name, T note, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        WriteEntryAsync(
            name, (byte[])[.. JsonSerializer.SerializeToUtf8Bytes(note, type), (byte)'\n'], cancellationToken);

    private async ValueTask WriteEntryAsync(
        string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await WriteAsync(TarBlock.Header(name, content.Length), cancellationToken).ConfigureAwait(false);
        await WriteAsync(content, cancellationToken).ConfigureAwait(false);
        await WriteAsync(new byte[TarBlock.Padding(content.Length)], cancellationToken).ConfigureAwait(false);
    }

    private ValueTask WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        whole.AppendData(content.Span);
        bytes += content.Length;
        return output.WriteAsync(content, cancellationToken);
    }
}
