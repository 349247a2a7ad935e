namespace Undercroft.Migrations;

/// <summary>A program that knows no versions: it leaves alone whatever has one.</summary>
internal sealed class PlainForm : DocumentForm
{
    public static PlainForm Instance { get; } = new();

    public override StoreRecord Read(StoreRecord record) =>
        record.Meta.Count > 0 && record.Meta[MetaName] is { } version
            ? throw Unknown("read", record.Key, version)
            : record;

    public override RecordMeta Stamp(RecordKey key, RecordMeta found) =>
        found.Count > 0 && found[MetaName] is { } version ? throw Unknown("overwrite", key, version) : found;

    public override PutOperation ToPut(DocumentDraft draft, CollectionIndexes indexes) => indexes.Schema is { } version
        ? throw new UnknownVersionException(
            "write", $"{Names.Show(draft.Key.ToString())} into its collection", version, null)
        : ToPut(draft, draft.Meta, indexes, draft.Value);

    public override bool CanIndex(string? schema) => schema is null;

    public override bool CanQuery(string? schema) => schema is null;

    public override IStore View(IStore store, string collection, string? schema) =>
        schema is null ? store : new FormView(store, collection, this);

    private static UnknownVersionException Unknown(string doing, RecordKey key, string version) =>
        new(doing, Names.Show(key.ToString()), version, null);
}
