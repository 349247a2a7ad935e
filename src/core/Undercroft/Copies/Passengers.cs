using Undercroft.Backends;
using Undercroft.Blobs;
using Undercroft.Jobs.Records;
using Undercroft.Migrations;

namespace Undercroft.Copies;

/// <summary>What travels when a store is copied or archived, and as what it arrives.</summary>
internal static class Passengers
{
    /// <summary>The collection of what copies and restores keep about themselves in their targets.</summary>
    public const string OwnCollection = "$copies";

    /// <summary>The name in the meta of the revision a restored record had where it was archived.</summary>
    public const string SourceRevision = "$sourceRevision";

    /// <summary>Says whether the records of a collection travel: all but what only means something in its store.
    /// </summary>
    public static bool IsOne(string collection) => collection is not
        (OwnCollection or LeaseKeys.Collection or BlobKeys.CollectorCollection or RecordKeys.Jobs or RecordKeys.Cells or
            RecordKeys.Counts or RecordKeys.Replays);

    /// <summary>Says whether a record also goes where there are others that stay. Each store numbers its runs of
    /// migrations for itself, so theirs would take the places of its own; and that one store no longer needs a part of
    /// blobs says nothing about another.</summary>
    public static bool IsOneAmongOthers(StoreRecord record) =>
        record.Key.Collection is not MigrationLedger.Collection &&
        !record.Key.Collection.StartsWith(MigrationLedger.OriginalsPrefix, StringComparison.Ordinal) &&
        !(record.IsDeleted && record.Key.Collection is (BlobKeys.Chunks or BlobKeys.Lists));

    /// <summary>Writes a record as it is into another store.</summary>
    /// <param name="record">The record or tombstone.</param>
    /// <param name="condition">What must hold in the other store.</param>
    /// <param name="meta">The meta to give it; null means its own.</param>
    public static StoreOperation ToOperation(
        StoreRecord record, WriteCondition condition = default, RecordMeta? meta = null) =>
        record.IsDeleted
            ? new DeleteOperation(record.Key, condition)
            {
                Meta = meta ?? record.Meta,
                LeavesTombstone = true,
                UpdatedAt = record.UpdatedAt,
            }
            : new PutOperation(record.Key, record.Value, condition)
            {
                Meta = meta ?? record.Meta,
                Entries = record.Entries,
                CreatedAt = record.CreatedAt,
                UpdatedAt = record.UpdatedAt,
                ExpiresAt = record.ExpiresAt,
            };

    /// <summary>Names what tells two records of one key apart; null where they are equal. Revisions do not count: each
    /// store gives its own.</summary>
    public static string? Difference(StoreRecord left, StoreRecord right) =>
        left.IsDeleted != right.IsDeleted ? "deleted"
        : left.IsDeleted ? null
        : !left.Value.Span.SequenceEqual(right.Value.Span) ? "value"
        : left.CreatedAt != right.CreatedAt ? "created"
        : left.UpdatedAt != right.UpdatedAt ? "updated"
        : left.ExpiresAt != right.ExpiresAt ? "expires"
        : !left.Meta.Without(SourceRevision).Equals(right.Meta.Without(SourceRevision)) ? "meta"
        : !EntrySet.Normalize(left.Entries).SequenceEqual(EntrySet.Normalize(right.Entries)) ? "entries"
        : null;

    /// <summary>The bytes an operation counts for in a commit.</summary>
    public static long SizeOf(StoreOperation operation)
    {
        var bytes = (long)operation.Key.Collection.Length + operation.Key.Id.Length;
        var meta = operation switch
        {
            PutOperation put => put.Meta,
            DeleteOperation delete => delete.Meta,
            _ => RecordMeta.Empty,
        };
        foreach (var (name, text) in meta)
        {
            bytes += Utf8Order.ByteCount(name) + Utf8Order.ByteCount(text);
        }

        if (operation is PutOperation written)
        {
            bytes += written.Value.Length;
            foreach (var entry in written.Entries)
            {
                bytes += entry.Key.Length + entry.Index.Length;
            }
        }

        return bytes;
    }
}
