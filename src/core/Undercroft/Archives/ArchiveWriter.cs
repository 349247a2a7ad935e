using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Undercroft.Archives;

/// <summary>Writes an archive as a stream: head, parts of records, parts of changes, end. It keeps one part in memory.
/// </summary>
[SuppressMessage("Usage", "CA2213", Justification = "The target stays the caller's.")]
internal sealed class ArchiveWriter : IAsyncDisposable
{
    private readonly Stream target;
    private readonly ArchiveOptions options;
    private readonly IncrementalHash whole;
    private readonly ArrayBufferWriter<byte> part = new(ArchiveForm.PartBytes * 2);
    private readonly Utf8JsonWriter json;
    private bool isChange;
    private int lines;
    private int parts;
    private long bytes;
    private long records;
    private long changes;

    /// <summary>Begins an archive, or goes on with one.</summary>
    /// <param name="target">Where it goes; it stays the caller's.</param>
    /// <param name="options">What goes in.</param>
    /// <param name="from">Where an earlier writer was; null begins.</param>
    /// <param name="whole">The hash of what that one has written; null begins. It is the writer's from now on.</param>
    public ArchiveWriter(
        Stream target, ArchiveOptions options, ArchivePlaceV1? from = null, IncrementalHash? whole = null)
    {
        this.target = target;
        this.options = options;
        this.whole = whole ?? IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        json = new Utf8JsonWriter(part, RecordLine.Form);
        (parts, records, bytes) = from is null ? (0, 0, 0) : (from.Parts, from.Records, from.Bytes);
    }

    /// <summary>How many records were taken so far, changes too.</summary>
    public long Count => records + changes;

    /// <summary>Whether everything taken so far is written: the last part is closed.</summary>
    public bool IsBetweenParts => lines == 0;

    /// <summary>Where the writer is; only between two parts, and before any change.</summary>
    /// <param name="last">The key of the last record; null where there was none.</param>
    /// <param name="isWalked">Whether no further record comes, only changes.</param>
    public ArchivePlaceV1 Place(RecordKey? last, bool isWalked) => new(
        last?.Collection, last?.Id, isWalked, parts, records, bytes, Convert.ToHexStringLower(whole.GetCurrentHash()));

    public ValueTask WriteHeadAsync(ArchiveHeadV1 head, CancellationToken cancellationToken) =>
        WriteNoteAsync(ArchiveForm.HeadName, head, ArchiveJson.Default.ArchiveHeadV1, 0, cancellationToken);

    /// <summary>Takes a record of the main part: they come in the order of their keys.</summary>
    public ValueTask AddRecordAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        records++;
        return AddAsync(record, isChangeLine: false, cancellationToken);
    }

    /// <summary>Takes a change: they come behind all records.</summary>
    /// <exception cref="ArchiveFutileException">There are too many.</exception>
    public ValueTask AddChangeAsync(StoreRecord record, CancellationToken cancellationToken) =>
        ++changes <= ArchiveForm.ChangesMax
            ? AddAsync(record, isChangeLine: true, cancellationToken)
            : throw ArchiveFutileException.Busy();

    /// <summary>Closes the part that is begun, if any.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (lines == 0)
        {
            return;
        }

        var seal = new ArchiveSealV1(lines, Convert.ToHexStringLower(SHA256.HashData(part.WrittenSpan)));
        part.Write(JsonSerializer.SerializeToUtf8Bytes(seal, ArchiveJson.Default.ArchiveSealV1));
        part.Write("\n"u8);
        await WriteEntryAsync(ArchiveForm.PartName(isChange, ++parts), part.WrittenMemory, 0, cancellationToken)
            .ConfigureAwait(false);
        part.ResetWrittenCount();
        lines = 0;
    }

    /// <summary>Writes what is left and the end.</summary>
    /// <returns>Everything but what the head says.</returns>
    public async ValueTask<ArchiveReport> EndAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        var digest = Convert.ToHexStringLower(whole.GetCurrentHash());
        var end = new ArchiveEndV1(records, changes, parts, bytes, digest);
        await WriteNoteAsync(
            ArchiveForm.EndName, end, ArchiveJson.Default.ArchiveEndV1, 2 * TarBlock.Size, cancellationToken)
            .ConfigureAwait(false);
        await target.FlushAsync(cancellationToken).ConfigureAwait(false);
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

    private ValueTask WriteNoteAsync<T>(
        string name, T note, JsonTypeInfo<T> type, int zeros, CancellationToken cancellationToken) =>
        WriteEntryAsync(
            name, (byte[])[.. JsonSerializer.SerializeToUtf8Bytes(note, type), (byte)'\n'], zeros, cancellationToken);

    // An entry, and what comes behind it, is a member of its own where the archive is compressed: then its bytes do not
    // depend on what was written before, and a writer can go on behind it.
    private async ValueTask WriteEntryAsync(
        string name, ReadOnlyMemory<byte> content, int zeros, CancellationToken cancellationToken)
    {
        if (!options.IsCompressed)
        {
            await WriteEntryAsync(target).ConfigureAwait(false);
            return;
        }

        var member = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true);
        await using (member.ConfigureAwait(false))
        {
            await WriteEntryAsync(member).ConfigureAwait(false);
        }

        async ValueTask WriteEntryAsync(Stream output)
        {
            await WriteAsync(output, TarBlock.Header(name, content.Length), cancellationToken).ConfigureAwait(false);
            await WriteAsync(output, content, cancellationToken).ConfigureAwait(false);
            await WriteAsync(output, new byte[TarBlock.Padding(content.Length) + zeros], cancellationToken)
                .ConfigureAwait(false);
        }
    }

    private ValueTask WriteAsync(Stream output, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        whole.AppendData(content.Span);
        bytes += content.Length;
        return output.WriteAsync(content, cancellationToken);
    }
}
