using Undercroft.Jobs;

namespace Undercroft.Backends;

/// <summary>Refuses, before any I/O, what no store accepts or what exceeds its limits. Every backend calls it first.
/// </summary>
public static class CommitGuard
{
    /// <summary>Checks a commit against a store's limits and levels.</summary>
    /// <returns>The level of durability to give it.</returns>
    /// <exception cref="ArgumentException">There is no operation, a key is written twice, or a text is not valid
    /// Unicode.</exception>
    /// <exception cref="LimitExceededException">A limit is exceeded.</exception>
    /// <exception cref="CapabilityException">The durability level is not offered.</exception>
    /// <exception cref="StoreException">The store is read-only.</exception>
    public static Durability Check(Commit commit, StoreInfo info)
    {
        ArgumentNullException.ThrowIfNull(commit);
        ArgumentNullException.ThrowIfNull(info);

        var limits = info.Limits;
        if (info.Capabilities.HasFlag(StoreCapabilities.ReadOnly))
        {
            throw new StoreException(
                StoreErrorKind.ReadOnly,
                $"The store '{info.Location ?? info.Backend}' is open for reading only. Open it for writing to commit.")
            {
                Backend = info.Backend,
            };
        }

        if (commit.Operations.Count == 0)
        {
            throw new ArgumentException("A commit needs at least one operation; found none.", nameof(commit));
        }

        Limit("a commit", nameof(StoreLimits.OperationsMax), limits.OperationsMax, commit.Operations.Count);
        CheckOrigin(commit.Origin, limits);
        CheckKeys(commit);
        if (JobGuard.Check(commit, limits) && !info.Capabilities.HasFlag(StoreCapabilities.Jobs))
        {
            throw new CapabilityException(
                info.Backend, "job operations", "Commit through JobStore.For(store), which keeps jobs as its records.");
        }

        var bytes = 0L;
        foreach (var operation in commit.Operations)
        {
            bytes += Check(operation, limits);
        }

        Limit("a commit", nameof(StoreLimits.CommitBytesMax), limits.CommitBytesMax, bytes);
        return Level(commit.Durability, info);
    }

    /// <summary>Checks a read by key.</summary>
    /// <exception cref="ArgumentException">The revisions known are not as many as the keys.</exception>
    /// <exception cref="LimitExceededException">There are too many keys.</exception>
    public static void Check(KeyList keys, in ReadOptions options, StoreInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        if (options.Known is { } known && known.Count != keys.Count)
        {
            throw new ArgumentException(
                $"A read that knows revisions needs one for each key; found {known.Count} for {keys.Count} keys. Use " +
                "Revision.None where none is known.",
                nameof(options));
        }

        if (keys.Count > info.Limits.KeysPerReadMax)
        {
            Limit("a read", nameof(StoreLimits.KeysPerReadMax), info.Limits.KeysPerReadMax, keys.Count);
        }
    }

    /// <summary>Checks a scan and cuts its limit to what the store gives at most.</summary>
    /// <returns>The most items to bring.</returns>
    /// <exception cref="ArgumentException">The limit is not positive, the collection is no name, or a text of the range
    /// is not valid Unicode.</exception>
    public static int Check(ScanRequest request, StoreInfo info)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(info);
        RecordKey.CheckCollection(request.Collection);
        Names.CheckUnicode(request.Range.Index ?? "", "index name");
        Names.CheckUnicode(request.Range.FromId ?? "", "first id");
        Names.CheckUnicode(request.Range.BeforeId ?? "", "end of the ids");
        Names.CheckUnicode(request.Range.IdPrefix ?? "", "prefix of the ids");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(request.Limit, nameof(request));
        return Math.Min(request.Limit, info.Limits.PageItemsMax);
    }

    /// <summary>Checks a read of the feed and cuts its limit to what the store gives at most.</summary>
    /// <returns>About how many changes to bring.</returns>
    /// <exception cref="ArgumentException">The limit is not positive, a collection is no name, or the origin is not
    /// valid Unicode.</exception>
    public static int Check(ChangesRequest request, StoreInfo info)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(info);
        Names.CheckUnicode(request.ExceptOrigin ?? "", "origin");
        foreach (var collection in request.Collections ?? [])
        {
            RecordKey.CheckCollection(collection);
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(request.Limit, nameof(request));
        return Math.Min(request.Limit, info.Limits.PageItemsMax);
    }

    /// <summary>Refuses defaults of commits that would make each of them fail.</summary>
    /// <param name="durability">The level of commits that name none; null means the store's.</param>
    /// <param name="origin">Who writes; null means nobody in particular.</param>
    /// <param name="info">The store.</param>
    /// <exception cref="CapabilityException">The store does not offer the level.</exception>
    /// <exception cref="LimitExceededException">The origin is too long.</exception>
    internal static void CheckDefaults(Durability? durability, string? origin, StoreInfo info)
    {
        CheckOrigin(origin, info.Limits);
        _ = Level(durability, info);
    }

    private static void CheckOrigin(string? origin, StoreLimits limits)
    {
        if (origin is not null)
        {
            Names.CheckUnicode(origin, "origin");
            Limit(
                "the origin of a commit", nameof(StoreLimits.OriginBytesMax), limits.OriginBytesMax,
                Utf8Order.ByteCount(origin));
        }
    }

    private static Durability Level(Durability? asked, StoreInfo info)
    {
        var level = asked ?? info.DefaultDurability;
        return info.DurabilityLevels.Contains(level)
            ? level
            : throw new CapabilityException(
                info.Backend,
                $"durability '{level}'",
                $"It offers {string.Join(", ", info.DurabilityLevels)}: ask for one of them, or for none to get " +
                $"{info.DefaultDurability}.");
    }

    private static void CheckKeys(Commit commit)
    {
        if (commit.Operations.Count == 1)
        {
            return;
        }

        HashSet<RecordKey>? written = null;
        for (var i = 0; i < commit.Operations.Count; i++)
        {
            var operation = commit.Operations[i];
            if (operation is { IsWrite: true } and not JobOperation &&
                !(written ??= new(commit.Operations.Count - i)).Add(operation.Key))
            {
                throw new ArgumentException(
                    $"A commit may write a record once; it writes {Names.Show(operation.Key.ToString())} twice. " +
                    "Merge the two operations.",
                    nameof(commit));
            }
        }
    }

    private static long Check(StoreOperation? operation, StoreLimits limits)
    {
        if (operation is JobOperation job)
        {
            return JobForm.Weigh(job);
        }

        if (operation?.Key.Id is null)
        {
            throw new ArgumentException("A commit needs operations with keys; found one without. Name a record.");
        }

        CheckCondition(operation.Condition);
        var key = operation.Key;
        var bytes = (long)key.Collection.Length + key.Id.Length;
        if (operation is PutOperation put)
        {
            if (put.Value.Length > limits.ValueBytesMax)
            {
                Limit(
                    $"the value of {Show(key)}", nameof(limits.ValueBytesMax), limits.ValueBytesMax, put.Value.Length);
            }

            CheckLife(put);
            return bytes + put.Value.Length + Check(key, put.Meta, limits) + Check(key, put.Entries, limits);
        }

        return operation is DeleteOperation delete ? bytes + Check(key, delete.Meta, limits) : bytes;
    }

    private static void CheckLife(PutOperation put)
    {
        if (put.TimeToLive is { } life && (life <= TimeSpan.Zero || put.ExpiresAt is not null))
        {
            throw new ArgumentException(
                put.ExpiresAt is null
                    ? $"The time to live of {Show(put.Key)} is {life}; expected more than nothing, or none for ever."
                    : $"{Show(put.Key)} has a time to live and an instant it ends at; expected one of the two.",
                nameof(put));
        }
    }

    private static void CheckCondition(WriteCondition condition)
    {
        if (condition.MetaName is { } name)
        {
            Names.CheckUnicode(name, "meta name");
            Names.CheckUnicode(condition.MetaText ?? "", "meta text");
        }
    }

    private static long Check(RecordKey key, RecordMeta meta, StoreLimits limits)
    {
        if (meta.Count == 0)
        {
            return 0;
        }

        var bytes = 0;
        foreach (var (name, text) in meta)
        {
            Names.CheckUnicode(name, "meta name");
            Names.CheckUnicode(text, "meta text");
            bytes += Utf8Order.ByteCount(name) + Utf8Order.ByteCount(text);
        }

        Limit($"the meta of {Show(key)}", nameof(limits.MetaBytesMax), limits.MetaBytesMax, bytes);
        return bytes;
    }

    private static long Check(RecordKey key, IReadOnlyList<IndexEntry> entries, StoreLimits limits)
    {
        if (entries.Count > limits.EntriesMax)
        {
            Limit($"the index entries of {Show(key)}", nameof(limits.EntriesMax), limits.EntriesMax, entries.Count);
        }

        var bytes = 0L;
        foreach (var entry in entries)
        {
            ArgumentException.ThrowIfNullOrEmpty(entry.Index);
            Names.CheckUnicode(entry.Index, "index name");
            if (entry.Key.Length > limits.EntryKeyBytesMax || entry.Index.Length * 3 > limits.IndexNameBytesMax)
            {
                Limit(
                    $"a key of index {Names.Show(entry.Index)} of {Show(key)}",
                    nameof(limits.EntryKeyBytesMax), limits.EntryKeyBytesMax, entry.Key.Length);
                Limit(
                    $"the index name {Names.Show(entry.Index)}",
                    nameof(limits.IndexNameBytesMax), limits.IndexNameBytesMax, Utf8Order.ByteCount(entry.Index));
            }

            bytes += entry.Key.Length + entry.Index.Length;
        }

        return bytes;
    }

    private static string Show(RecordKey key) => Names.Show(key.ToString());

    private static void Limit(string what, string limit, long allowed, long found)
    {
        if (found > allowed)
        {
            throw new LimitExceededException(what, limit, allowed, found);
        }
    }
}
