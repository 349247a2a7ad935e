using System.Runtime.CompilerServices;

namespace Undercroft.Archives;

/// <summary>An archive that was read once and found sound. Reading it again gives each record once, as it is at the
/// end: changes take the place of records, later ones that of earlier ones.</summary>
internal sealed class ArchiveContent
{
    private const long SortedBytesMax = 64 * 1024 * 1024;

    private readonly Stream file;
    private readonly ArchiveReadOptions options;

    // The keys that changes are about, and the number of the last change of each.
    private readonly Dictionary<RecordKey, long> lastChanges;

    private ArchiveContent(
        Stream file, ArchiveReadOptions options, ArchiveReport report, Dictionary<RecordKey, long> lastChanges)
    {
        this.file = file;
        this.options = options;
        this.lastChanges = lastChanges;
        Report = report;
    }

    public ArchiveReport Report { get; }

    /// <summary>Reads and checks all of an archive.</summary>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    /// <exception cref="StoreException">The archive is not sound.</exception>
    public static async ValueTask<ArchiveContent> LoadAsync(
        Stream archive, ArchiveReadOptions? options, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(archive);
        if (!archive.CanSeek)
        {
            throw new ArgumentException(
                "An archive is read more than once, so its stream must be able to seek; this one cannot. Put it into " +
                "a file first.",
                nameof(archive));
        }

        options ??= ArchiveReadOptions.Default;
        options.Validate();
        var changes = new Dictionary<RecordKey, long>();
        var reader = await ArchiveReader.OpenAsync(archive, options, cancellationToken).ConfigureAwait(false);
        await using var owned = reader.ConfigureAwait(false);
        var (count, number) = (0L, 0L);
        while (await reader.NextAsync(cancellationToken).ConfigureAwait(false) is { } part)
        {
            if (part.IsChange)
            {
                foreach (var record in part.Records)
                {
                    changes[record.Key] = number++;
                }
            }

            count += part.Records.Count;
            progress?.Report(count);
        }

        return new ArchiveContent(archive, options, reader.Report, changes);
    }

    /// <summary>The parts again, without what a change has replaced.</summary>
    /// <exception cref="StoreException">The archive was changed since it was checked.</exception>
    public async IAsyncEnumerable<ArchivePart> PartsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = await ArchiveReader.OpenAsync(file, options, cancellationToken).ConfigureAwait(false);
        await using var owned = reader.ConfigureAwait(false);
        var number = 0L;
        while (await reader.NextAsync(cancellationToken).ConfigureAwait(false) is { } part)
        {
            var records = new List<StoreRecord>(part.Records.Count);
            foreach (var record in part.Records)
            {
                if (part.IsChange ? lastChanges[record.Key] == number++ : !lastChanges.ContainsKey(record.Key))
                {
                    records.Add(record);
                }
            }

            yield return part with { Records = records };
        }

        if (reader.Report != Report)
        {
            throw ArchiveErrors.Damaged("it is no longer what it was when it was checked", reader.Report.Bytes);
        }
    }

    /// <summary>The records in the order of their keys, changes in their places and deletions left out.</summary>
    /// <param name="now">The instant that decides expiry; null keeps what has expired.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public async IAsyncEnumerable<StoreRecord> RecordsAsync(
        DateTimeOffset? now, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var changed = new Queue<StoreRecord>(await ChangedAsync(cancellationToken).ConfigureAwait(false));
        await foreach (var part in PartsAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (var record in part.IsChange ? [] : part.Records)
            {
                while (changed.TryPeek(out var change) && change.Key.CompareTo(record.Key) < 0)
                {
                    yield return changed.Dequeue();
                }

                if (IsLive(record, now))
                {
                    yield return record;
                }
            }
        }

        foreach (var change in changed)
        {
            yield return change;
        }

        async ValueTask<List<StoreRecord>> ChangedAsync(CancellationToken ending)
        {
            var list = new List<StoreRecord>(lastChanges.Count);
            var bytes = 0L;
            await foreach (var part in PartsAsync(ending).ConfigureAwait(false))
            {
                foreach (var record in part.IsChange ? part.Records.Where(record => IsLive(record, now)) : [])
                {
                    bytes += record.Value.Length;
                    list.Add(bytes <= SortedBytesMax
                        ? record
                        : throw ArchiveErrors.TooLarge(
                            $"the changes behind its records have more than {SortedBytesMax} bytes, too many to put " +
                            "them in order; restore it, and compare the store"));
                }
            }

            list.Sort(static (a, b) => a.Key.CompareTo(b.Key));
            return list;
        }
    }

    private static bool IsLive(StoreRecord record, DateTimeOffset? now) =>
        !record.IsDeleted && (now is null || record.IsLiveAt(now.Value));
}
