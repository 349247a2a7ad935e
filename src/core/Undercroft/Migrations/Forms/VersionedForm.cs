using System.Diagnostics.CodeAnalysis;

namespace Undercroft.Migrations;

/// <summary>A program that knows versions and the steps between them.</summary>
internal sealed class VersionedForm(MigrationChain chain) : DocumentForm
{
    // Under the limit of every backend; what a store takes less than this it refuses itself.
    private const int BytesMax = 64 * 1024 * 1024;

    private readonly string current = chain.Current;

    public string Current => current;

    public MigrationChain Chain => chain;

    /// <summary>Tells the version a record is stored at.</summary>
    public string VersionOf(StoreRecord record) => record.Meta[MetaName] ?? Detect(record);

    public override StoreRecord Read(StoreRecord record)
    {
        var version = VersionOf(record);
        return version == current ? record : new StoreRecord
        {
            Key = record.Key,
            Revision = record.Revision,
            Value = PathFor("read", record.Key, version, current).Apply(record.Key, record.Value, BytesMax),
            CreatedAt = record.CreatedAt,
            UpdatedAt = record.UpdatedAt,
            ExpiresAt = record.ExpiresAt,
            Meta = record.Meta.With(MetaName, current),
            Entries = record.Entries,
            Origin = record.Origin,
        };
    }

    public override RecordMeta Stamp(RecordKey key, RecordMeta found)
    {
        if (found[MetaName] is not { } version)
        {
            return found.With(MetaName, current);
        }

        if (version == current)
        {
            return found;
        }

        _ = PathFor("overwrite", key, version, current);
        return found.With(MetaName, current);
    }

    public override PutOperation ToPut(DocumentDraft draft, CollectionIndexes indexes)
    {
        var schema = indexes.Schema ?? current;
        if (schema == current)
        {
            return ToPut(draft, draft.Meta, indexes, draft.Value);
        }

        var way = chain.FindPath(current, schema) ?? throw new UnknownVersionException(
            "write", $"{Names.Show(draft.Key.ToString())} into its collection", schema, chain);
        return ToPut(draft, draft.Meta, indexes, way.Apply(draft.Key, draft.Value, BytesMax));
    }

    public override string? Raises(string? schema) =>
        schema != current && (schema is null || chain.IsNewer(current, schema)) ? current : null;

    public override bool CanIndex(string? schema) => schema is not null && chain.Versions.Contains(schema);

    public override bool CanQuery(string? schema) => schema == current;

    public override ReadOnlyMemory<byte>? Indexed(StoreRecord record, string? schema)
    {
        try
        {
            var version = VersionOf(record);
            return version == schema ? record.Value
                : chain.FindPath(version, schema!)?.Apply(record.Key, record.Value, BytesMax);
        }
        catch (StoreException)
        {
            // It cannot be read in that version either: whoever reads it, and a dry run, is told why.
            return null;
        }
    }

    public override IStore View(IStore store, string collection, string? schema) =>
        new FormView(store, collection, this);

    private MigrationPath PathFor(string doing, RecordKey key, string from, string to) =>
        chain.FindPath(from, to) ?? throw (chain.Versions.Contains(from)
            ? new StoreException(
                StoreErrorKind.Unsupported,
                $"Cannot {doing} {Names.Show(key.ToString())}: {chain.DescribeGap(from, to)}. Add the step that is " +
                "missing.")
            : new UnknownVersionException(doing, Names.Show(key.ToString()), from, chain));

    [SuppressMessage("Design", "CA1031", Justification = "A detector may throw anything; the document is named.")]
    private string Detect(StoreRecord record)
    {
        if (chain.Detector is not { } detector)
        {
            return chain.Baseline;
        }

        // A tree of its own: what a detector does to it nobody sees.
        var name = $"The document {Names.Show(record.Key.ToString())}";
        var document = DocumentTree.Parse(name, record.Value);
        try
        {
            return detector(document) ?? chain.Baseline;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new StoreException(
                StoreErrorKind.Malformed,
                $"{name} says no version, and telling it failed: {error.Message} Mend the detector, or the document.",
                error);
        }
    }
}
