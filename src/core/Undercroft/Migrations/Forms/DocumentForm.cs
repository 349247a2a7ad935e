using Undercroft.Indexes;

namespace Undercroft.Migrations;

/// <summary>What a program knows of the versions of a collection's documents: how it reads them, what it writes, and
/// when it may not. Immutable, for many threads.</summary>
/// <remarks>
/// A document's version is in its meta, written with each write. A collection's version is in its catalog record beside
/// the indexes: all index entries are of documents in that version, whatever version they are stored in. Each commit of
/// a repository checks that record, so that nobody writes entries of another version.
/// </remarks>
internal abstract class DocumentForm
{
    /// <summary>The name in a record's meta that its version is under.</summary>
    public const string MetaName = "$schema";

    /// <summary>Brings a record to the version the program reads.</summary>
    /// <exception cref="StoreException">It cannot be read by this program.</exception>
    public abstract StoreRecord Read(StoreRecord record);

    /// <summary>Makes the meta of a write over what there is.</summary>
    /// <param name="key">The document, for errors.</param>
    /// <param name="found">The meta there is.</param>
    /// <exception cref="UnknownVersionException">It may not be overwritten by this program.</exception>
    public abstract RecordMeta Stamp(RecordKey key, RecordMeta found);

    /// <summary>Makes the write, with the entries the collection's version asks for.</summary>
    /// <exception cref="StoreException">This program may not write to the collection.</exception>
    public abstract PutOperation ToPut(DocumentDraft draft, CollectionIndexes indexes);

    /// <summary>Whether a collection at a version is to be raised to the program's first; it is given back here.
    /// </summary>
    public virtual string? Raises(string? schema) => null;

    /// <summary>Whether the program can make entries for a collection at a version, so that it may fill indexes.
    /// </summary>
    public abstract bool CanIndex(string? schema);

    /// <summary>Whether entries are what queries of this program ask for.</summary>
    public abstract bool CanQuery(string? schema);

    /// <summary>Gives a document's bytes in the collection's version, to make entries of.</summary>
    /// <returns>The bytes; null where there is no way, so that the entries have to stay as they are.</returns>
    public virtual ReadOnlyMemory<byte>? Indexed(StoreRecord record, string? schema) => record.Value;

    /// <summary>Gives the store as queries of this program see it.</summary>
    public virtual IStore View(IStore store, string collection, string? schema) => store;

    protected static PutOperation ToPut(
        DocumentDraft draft, RecordMeta meta, CollectionIndexes indexes, ReadOnlyMemory<byte> indexed) =>
        new(draft.Key, draft.Value, draft.Condition)
        {
            CreatedAt = draft.BornAt,
            Meta = meta,
            ExpiresAt = draft.Life is null ? draft.ExpiresAt : null,
            TimeToLive = draft.Life,
            Entries = indexes.EntriesOf(draft.Key, indexed, meta),
        };

    /// <summary>The indexes queries of this program may use.</summary>
    public IReadOnlyList<IndexDefinition> Usable(CollectionIndexes indexes) =>
        CanQuery(indexes.Schema) ? indexes.Ready : [];
}
