namespace Undercroft;

/// <summary>A value of a collection with what the store knows about it. Immutable.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public sealed class Document<T>
{
    private readonly long createdTicks;
    private readonly long updatedTicks;
    private readonly long expiresTicks;

    internal Document(StoreRecord record, T value)
    {
        Id = record.Key.Id;
        Value = value;
        Revision = record.Revision;
        createdTicks = record.CreatedTicks;
        updatedTicks = record.UpdatedTicks;
        expiresTicks = record.ExpiresTicks;
        Meta = record.Meta;
    }

    /// <summary>The id in the collection.</summary>
    public string Id { get; }

    /// <summary>The value. It belongs to the caller: the store holds bytes, never this object.</summary>
    public T Value { get; }

    /// <summary>The revision to expect when writing back. Negative inside a transaction that has written the document:
    /// it gets its real one with the commit.</summary>
    public Revision Revision { get; }

    /// <summary>When it was created, in UTC.</summary>
    public DateTimeOffset CreatedAt => new(createdTicks, TimeSpan.Zero);

    /// <summary>When it was last written, in UTC.</summary>
    public DateTimeOffset UpdatedAt => new(updatedTicks, TimeSpan.Zero);

    /// <summary>From which instant on it is invisible, in UTC; null means never.</summary>
    public DateTimeOffset? ExpiresAt =>
        expiresTicks == long.MaxValue ? null : new DateTimeOffset(expiresTicks, TimeSpan.Zero);

    /// <summary>The tags, in order, each once.</summary>
    public IReadOnlyList<string> Tags => Meta.Tags;

    /// <summary>The text beside the value, Undercroft's own names included.</summary>
    public RecordMeta Meta { get; }
}
