using Undercroft.Indexes;

namespace Undercroft;

/// <summary>The indexes a collection has, as its record in the store says: everybody who writes the collection keeps
/// all of them, whoever declared them.</summary>
internal sealed class CollectionIndexes
{
    private readonly IndexSet set;
    private IReadOnlyList<IndexDefinition>? satisfied;

    public CollectionIndexes(
        string collection, Revision revision, IReadOnlyList<StoredIndex> stored, string? schema)
    {
        Schema = schema;
        Revision = revision;
        Stored = stored;
        set = new IndexSet([.. stored.Select(static index => index.Definition)]);
        Ready = [.. stored.Where(static index => index.IsReady).Select(static index => index.Definition)];
        Check = new CheckOperation(IndexCatalog.KeyOf(collection), WriteCondition.At(revision));
    }

    /// <summary>The revision of the record; none where there is none.</summary>
    public Revision Revision { get; }

    public IReadOnlyList<StoredIndex> Stored { get; }

    /// <summary>The version of documents the entries are of; null where the collection has no versions.</summary>
    public string? Schema { get; }

    /// <summary>All indexes, those being built too: what writers keep.</summary>
    public IReadOnlyList<IndexDefinition> All => set.Definitions;

    /// <summary>The indexes every document is in: what queries use.</summary>
    public IReadOnlyList<IndexDefinition> Ready { get; }

    /// <summary>Says that the indexes are still these; it travels with every write of the collection.</summary>
    public CheckOperation Check { get; }

    /// <summary>The declared name in the name an index has in the store.</summary>
    public static string DeclaredName(string storageName)
    {
        var mark = storageName.LastIndexOf('#');
        return mark < 0 ? storageName : storageName[..mark];
    }

    /// <summary>Says whether all these are there and ready. Asked at every write, mostly with the same list.</summary>
    public bool HasAll(IReadOnlyList<IndexDefinition> declared)
    {
        if (declared.Count == 0 || ReferenceEquals(declared, Volatile.Read(ref satisfied)))
        {
            return true;
        }

        if (!declared.All(Ready.Contains))
        {
            return false;
        }

        Volatile.Write(ref satisfied, declared);
        return true;
    }

    /// <summary>Computes all entries of a document: of its fields and of its tags.</summary>
    /// <param name="key">The document.</param>
    /// <param name="value">Its bytes, in the collection's version.</param>
    /// <param name="meta">Its meta.</param>
    public IReadOnlyList<IndexEntry> EntriesOf(RecordKey key, ReadOnlyMemory<byte> value, RecordMeta meta)
    {
        IReadOnlyList<IndexEntry> entries = All.Count == 0 ? [] : set.Compute(key, value);
        if (meta[TagSet.MetaName] is null)
        {
            return entries;
        }

        List<IndexEntry> all = [.. entries];
        TagSet.AddEntries(meta, all);
        return all;
    }
}
