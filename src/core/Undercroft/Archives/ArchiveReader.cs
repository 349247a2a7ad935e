using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Undercroft.Archives;

/// <summary>Reads an archive part by part and checks everything on the way: whatever it hands out is what was written,
/// and where it comes to the end, everything was there.</summary>
internal sealed class ArchiveReader : IAsyncDisposable
{
    private readonly ArchiveInput input;
    private RecordKey? lastKey;
    private bool isInChanges;
    private int parts;
    private long records;
    private long changes;

    private ArchiveReader(ArchiveInput input) => this.input = input;

    /// <summary>What the head says, and after the end, everything.</summary>
    public ArchiveReport Report { get; private set; } = new() { Digest = "" };

    /// <summary>Reads the head.</summary>
    /// <exception cref="StoreException">It is no archive, or one of a later version.</exception>
    public static async ValueTask<ArchiveReader> OpenAsync(
        Stream file, ArchiveReadOptions options, CancellationToken cancellationToken)
    {
        var reader = new ArchiveReader(new ArchiveInput(file, options));
        try
        {
            await reader.ReadHeadAsync(cancellationToken).ConfigureAwait(false);
            return reader;
        }
        catch
        {
            await reader.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads the next part.</summary>
    /// <returns>Null at the end, once it was found that nothing is missing and nothing follows.</returns>
    /// <exception cref="StoreException">The archive is damaged.</exception>
    public async ValueTask<ArchivePart?> NextAsync(CancellationToken cancellationToken)
    {
        var (at, digest) = (input.Position, input.Digest());
        var (name, size) = await ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
        if (name == ArchiveForm.EndName)
        {
            await ReadEndAsync(size, at, digest, cancellationToken).ConfigureAwait(false);
            return null;
        }

        parts++;
        var isChange = name == ArchiveForm.PartName(isChange: true, parts);
        if ((!isChange && (isInChanges || name != ArchiveForm.PartName(isChange: false, parts))) ||
            size > ArchiveForm.PartBytesMax)
        {
            throw ArchiveErrors.Damaged(
                $"there is {Names.Show(name)} of {size} bytes instead of part {parts} or the end", at);
        }

        isInChanges = isChange;
        var content = await ReadContentAsync(size, cancellationToken).ConfigureAwait(false);
        return ReadPart(content, isChange, at + TarBlock.Size);
    }

    public ValueTask DisposeAsync() => input.DisposeAsync();

    private async ValueTask ReadHeadAsync(CancellationToken cancellationToken)
    {
        var (name, size) = await ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
        if (name != ArchiveForm.HeadName)
        {
            throw ArchiveErrors.Damaged($"there is {Names.Show(name)} instead of '{ArchiveForm.HeadName}'", 0);
        }

        var content = await ReadNoteAsync(size, cancellationToken).ConfigureAwait(false);
        if (VersionOf(content) is { } version and > ArchiveForm.Version)
        {
            throw ArchiveErrors.TooNew(version);
        }

        var head = ReadNote(content, ArchiveJson.Default.ArchiveHeadV1, TarBlock.Size);
        if (head.Format != ArchiveForm.Format || head.Version != ArchiveForm.Version)
        {
            throw ArchiveErrors.Damaged($"the head names the format {Names.Show(head.Format)}", TarBlock.Size);
        }

        Report = Report with
        {
            Version = head.Version,
            CreatedAt = head.Origin?.Created,
            Backend = head.Origin?.Backend,
            Epoch = head.Origin?.Epoch,
        };
    }

    // A later version may have any fields: what version it is comes first.
    private static int? VersionOf(byte[] content)
    {
        try
        {
            using var head = JsonDocument.Parse(content);
            return head.RootElement.ValueKind == JsonValueKind.Object &&
                head.RootElement.TryGetProperty("format", out var format) &&
                format.ValueKind == JsonValueKind.String && format.ValueEquals(ArchiveForm.Format) &&
                head.RootElement.TryGetProperty("version", out var version) &&
                version.ValueKind == JsonValueKind.Number && version.TryGetInt32(out var number)
                    ? number
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async ValueTask ReadEndAsync(long size, long at, string digest, CancellationToken cancellationToken)
    {
        var content = await ReadNoteAsync(size, cancellationToken).ConfigureAwait(false);
        var end = ReadNote(content, ArchiveJson.Default.ArchiveEndV1, at + TarBlock.Size);
        var expected = new ArchiveEndV1(records, changes, parts, at, digest);
        if (end != expected)
        {
            throw ArchiveErrors.Damaged(
                $"the end tells of {end.Records} records, {end.Changes} changes, {end.Parts} parts, {end.Bytes} " +
                "bytes " +
                $"and the checksum {Names.Show(end.Sha256)}; found were {records}, {changes}, {parts}, {at} and " +
                $"'{digest}'",
                at);
        }

        var close = await input.ReadAsync(2 * TarBlock.Size, cancellationToken).ConfigureAwait(false);
        if (close.AsSpan().ContainsAnyExcept((byte)0) ||
            !await input.IsAtEndAsync(at, cancellationToken).ConfigureAwait(false))
        {
            throw ArchiveErrors.Damaged("something follows behind its end", input.Position);
        }

        Report = Report with
        {
            Records = records,
            Changes = changes,
            Bytes = input.Position,
            Digest = digest,
        };
    }

    private ArchivePart ReadPart(byte[] content, bool isChange, long at)
    {
        var lines = content.AsSpan();
        var sealAt = lines is [.., (byte)'\n'] ? lines[..^1].LastIndexOf((byte)'\n') + 1 : 0;
        var seal = ReadNote(lines[sealAt..], ArchiveJson.Default.ArchiveSealV1, at + sealAt);
        if (seal.Sha256 != Convert.ToHexStringLower(SHA256.HashData(lines[..sealAt])))
        {
            throw ArchiveErrors.Damaged($"part {parts} does not have the checksum it should", at);
        }

        var list = new List<StoreRecord>(Math.Clamp(seal.Lines, 0, ArchiveForm.PartLines));
        for (var from = 0; from < sealAt;)
        {
            var length = lines[from..].IndexOf((byte)'\n');
            list.Add(ReadLine(lines.Slice(from, length), isChange, at + from));
            from += length + 1;
        }

        if (list.Count != seal.Lines || list.Count == 0)
        {
            throw ArchiveErrors.Damaged($"part {parts} has {list.Count} lines and tells of {seal.Lines}", at);
        }

        records += isChange ? 0 : list.Count;
        changes += isChange ? list.Count : 0;
        return changes <= ArchiveForm.ChangesMax
            ? new ArchivePart(parts, isChange, list)
            : throw ArchiveErrors.TooLarge($"it has more than {ArchiveForm.ChangesMax} changes");
    }

    private StoreRecord ReadLine(ReadOnlySpan<byte> line, bool isChange, long at)
    {
        StoreRecord record;
        try
        {
            record = RecordLineReader.Read(line);
        }
        catch (FormatException error)
        {
            throw ArchiveErrors.Damaged(error.Message, at, error);
        }

        if (isChange)
        {
            return record;
        }

        if (record.IsDeleted || lastKey?.CompareTo(record.Key) >= 0)
        {
            throw ArchiveErrors.Damaged(
                $"there is {Names.Show(record.Key.ToString())} " +
                (record.IsDeleted ? "as a deletion" : $"behind {Names.Show(lastKey.ToString())}") +
                "; records come once each, in the order of their keys",
                at);
        }

        lastKey = record.Key;
        return record;
    }

    private async ValueTask<(string Name, long Size)> ReadHeaderAsync(CancellationToken cancellationToken)
    {
        var at = input.Position;
        var block = await input.ReadAsync(TarBlock.Size, cancellationToken).ConfigureAwait(false);
        return TarBlock.Parse(block) ?? throw ArchiveErrors.Damaged("there is no entry as an archive has them", at);
    }

    private ValueTask<byte[]> ReadNoteAsync(long size, CancellationToken cancellationToken) =>
        size <= ArchiveForm.NoteBytesMax
            ? ReadContentAsync(size, cancellationToken)
            : throw ArchiveErrors.Damaged($"its head or end has {size} bytes", input.Position);

    private async ValueTask<byte[]> ReadContentAsync(long size, CancellationToken cancellationToken)
    {
        var content = await input.ReadAsync((int)size, cancellationToken).ConfigureAwait(false);
        var padding = await input.ReadAsync(TarBlock.Padding(size), cancellationToken).ConfigureAwait(false);
        return padding.AsSpan().ContainsAnyExcept((byte)0)
            ? throw ArchiveErrors.Damaged("the space between two entries is not empty", input.Position)
            : content;
    }

    private static T ReadNote<T>(ReadOnlySpan<byte> content, JsonTypeInfo<T> type, long at)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(content, type) ?? throw new JsonException("It is null.");
        }
        catch (JsonException error)
        {
            throw ArchiveErrors.Damaged("there is something that should be head, seal or end and is not", at, error);
        }
    }
}
