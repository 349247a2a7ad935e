namespace Undercroft.Conformance.Tests.Defects;

/// <summary>Copies with one thing changed.</summary>
internal static class Rewrite
{
    public static Commit Commit(Commit commit, Func<StoreOperation, StoreOperation> change) =>
        Commit(commit, [.. commit.Operations.Select(change)]);

    public static Commit Commit(Commit commit, IReadOnlyList<StoreOperation> operations) => new(operations)
    {
        Durability = commit.Durability,
        Identity = commit.Identity,
        Origin = commit.Origin,
        Now = commit.Now,
    };

    public static PutOperation Put(
        PutOperation put,
        ReadOnlyMemory<byte>? value = null,
        RecordMeta? meta = null,
        IReadOnlyList<IndexEntry>? entries = null,
        TimeSpan expiresLater = default,
        DateTimeOffset? createdAt = null) => new(put.Key, value ?? put.Value, put.Condition)
        {
            ExpiresAt = put.ExpiresAt + expiresLater,
            Meta = meta ?? put.Meta,
            Entries = entries ?? put.Entries,
            CreatedAt = createdAt ?? put.CreatedAt,
            UpdatedAt = put.UpdatedAt,
        };

    public static StoreRecord At(StoreRecord record, Revision revision) => new()
    {
        Key = record.Key,
        Revision = revision,
        Value = record.Value,
        CreatedAt = record.CreatedAt,
        UpdatedAt = record.UpdatedAt,
        ExpiresAt = record.ExpiresAt,
        Meta = record.Meta,
        Entries = record.Entries,
        Origin = record.Origin,
        IsDeleted = record.IsDeleted,
        IsUnchanged = record.IsUnchanged,
    };

    public static StoreOperation WithoutCondition(StoreOperation operation) => operation switch
    {
        PutOperation put => new PutOperation(put.Key, put.Value)
        {
            ExpiresAt = put.ExpiresAt,
            Meta = put.Meta,
            Entries = put.Entries,
            CreatedAt = put.CreatedAt,
            UpdatedAt = put.UpdatedAt,
        },
        DeleteOperation delete => new DeleteOperation(delete.Key)
        {
            Meta = delete.Meta,
            LeavesTombstone = delete.LeavesTombstone,
            UpdatedAt = delete.UpdatedAt,
        },
        AddOperation add => new AddOperation(add.Key, add.Delta) { ExpiresAt = add.ExpiresAt },
        _ => new CheckOperation(operation.Key, WriteCondition.Any),
    };
}
