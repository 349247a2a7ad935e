namespace Undercroft.Blobs;

/// <summary>What the store knows of a blob. Immutable.</summary>
public sealed record BlobInfo
{
    internal BlobInfo(Document<BlobRecordV1> document)
    {
        var record = document.Value;
        Name = document.Id;
        Length = record.Length;
        Sha256 = record.Sha256;
        ContentType = record.ContentType;
        Tags = document.Tags;
        CreatedAt = document.CreatedAt;
        UpdatedAt = document.UpdatedAt;
        ExpiresAt = document.ExpiresAt;
        Revision = document.Revision;
        Root = record.RootOf(out var fault);
        if (fault is not null)
        {
            throw BlobErrors.BadRecord(new RecordKey(BlobKeys.Blobs, Name), fault);
        }
    }

    /// <summary>Its name: any text that can be an id.</summary>
    public string Name { get; }

    /// <summary>Its length in bytes.</summary>
    public long Length { get; }

    /// <summary>The SHA-256 of its bytes, in 64 lower-case hexadecimal digits: what <c>sha256sum</c> prints.</summary>
    public string Sha256 { get; }

    /// <summary>What its bytes are, such as <c>image/png</c>; null where nobody said.</summary>
    public string? ContentType { get; }

    /// <summary>The tags, in order, each once.</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>When the name was first written, in UTC.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>When the name was last written, in UTC.</summary>
    public DateTimeOffset UpdatedAt { get; private init; }

    /// <summary>From which instant on it is invisible, in UTC; null means never.</summary>
    public DateTimeOffset? ExpiresAt { get; }

    /// <summary>The revision to expect when replacing or deleting it. Negative inside a transaction that has written
    /// it.</summary>
    public Revision Revision { get; private init; }

    /// <summary>The root of its chunks; null where it has no bytes.</summary>
    internal BlobNode? Root { get; }

    /// <summary>What a transaction has written, as its commit has left it.</summary>
    internal BlobInfo CommittedBy(TransactionResult result) => this with
    {
        Revision = result.Revision,
        CreatedAt = CreatedAt == UpdatedAt ? result.At : CreatedAt,
        UpdatedAt = result.At,
    };
}
