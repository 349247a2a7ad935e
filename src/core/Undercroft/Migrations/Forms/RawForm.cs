namespace Undercroft.Migrations;

/// <summary>A tool that takes documents as their bytes: it reads every version as it is stored, and writes only the
/// collection's own.</summary>
internal sealed class RawForm : DocumentForm
{
    public static RawForm Instance { get; } = new();

    public override StoreRecord Read(StoreRecord record) => record;

    public override RecordMeta Stamp(RecordKey key, RecordMeta found) => found;

    public override PutOperation ToPut(DocumentDraft draft, CollectionIndexes indexes)
    {
        if (indexes.Schema is not { } version)
        {
            return ToPut(draft, draft.Meta, indexes, draft.Value);
        }

        var isNew = draft.CreatedAt is null;
        return isNew || draft.Meta[MetaName] == version
            ? ToPut(draft, draft.Meta.With(MetaName, version), indexes, draft.Value)
            : throw new StoreException(
                StoreErrorKind.Unsupported,
                $"Cannot write {Names.Show(draft.Key.ToString())} as raw JSON: it is stored at version " +
                $"{Names.Show(draft.Meta[MetaName] ?? "of before there were any")}, and its collection is at " +
                $"{Names.Show(version)}. Migrate the collection first.");
    }

    public override bool CanIndex(string? schema) => schema is null;

    public override bool CanQuery(string? schema) => true;
}
