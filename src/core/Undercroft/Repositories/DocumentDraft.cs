using Undercroft.Migrations;

namespace Undercroft;

/// <summary>A document to be written: everything but its index entries, which depend on the indexes there are.
/// </summary>
internal sealed record DocumentDraft(
    RecordKey Key,
    ReadOnlyMemory<byte> Value,
    WriteCondition Condition,
    RecordMeta Meta,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? CreatedAt)
{
    /// <summary>The creation time to write, where the transaction has deleted the document that was there before; null
    /// means the store's own rule.</summary>
    public DateTimeOffset? BornAt { get; init; }

    /// <summary>How long the document lives from its commit on; null means as long as <see cref="ExpiresAt"/> says,
    /// which is a guess where this is given: only the commit knows its time.</summary>
    public TimeSpan? Life { get; init; }

    /// <summary>Drafts a write over what there is.</summary>
    /// <param name="key">The document.</param>
    /// <param name="value">The new bytes.</param>
    /// <param name="condition">What must hold.</param>
    /// <param name="found">What there is; null where there is nothing.</param>
    /// <param name="options">What the write does beside the value.</param>
    /// <param name="now">The instant a time to live begins at.</param>
    /// <param name="form">What is known of the documents' versions.</param>
    public static DocumentDraft Over(
        RecordKey key,
        ReadOnlyMemory<byte> value,
        WriteCondition condition,
        StoreRecord? found,
        WriteOptions? options,
        DateTimeOffset now,
        DocumentForm form)
    {
        var meta = form.Stamp(key, found?.Meta ?? RecordMeta.Empty);
        return new DocumentDraft(
            key,
            value,
            condition,
            options?.Tags is { } tags ? TagSet.Write(meta, tags) : meta,
            options?.TimeToLive is { } life ? Expiry(life, now) : found?.ExpiresAt,
            found?.CreatedAt)
        {
            Life = options?.TimeToLive is { } given && given != Timeout.InfiniteTimeSpan ? given : null,
        };
    }

    /// <summary>The record as it will be.</summary>
    public StoreRecord ToRecord(Revision revision, DateTimeOffset at) => new()
    {
        Key = Key,
        Revision = revision,
        Value = Value,
        CreatedAt = CreatedAt ?? at,
        UpdatedAt = at,
        ExpiresAt = Life is { } life ? PutOperation.End(life, at) : ExpiresAt,
        Meta = Meta,
    };

    public static DateTimeOffset? Expiry(TimeSpan life, DateTimeOffset now)
    {
        if (life == Timeout.InfiniteTimeSpan)
        {
            return null;
        }

        return life > TimeSpan.Zero && life <= DateTimeOffset.MaxValue - now
            ? now + life
            : throw new ArgumentOutOfRangeException(
                nameof(life), life,
                "A time to live must be positive and end before the year 10000, or be Timeout.InfiniteTimeSpan for " +
                $"ever; found {life}.");
    }
}
