namespace Undercroft.Archives;

/// <summary>What an archive holds, counted while it was written, or while every byte of it was checked.</summary>
public sealed record ArchiveReport
{
    /// <summary>The version of its form.</summary>
    public int Version { get; init; }

    /// <summary>When it was made, in UTC; null in a canonical archive.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The backend of the store it was made of; null in a canonical archive.</summary>
    public string? Backend { get; init; }

    /// <summary>The epoch of the store it was made of; null in a canonical archive.</summary>
    public Guid? Epoch { get; init; }

    /// <summary>Records in the main part, in the order of their keys.</summary>
    public long Records { get; init; }

    /// <summary>Records and deletions that were written while the archive was made: each takes the place of the record
    /// of its key, a later one that of an earlier one.</summary>
    public long Changes { get; init; }

    /// <summary>The bytes of the archive, uncompressed.</summary>
    public long Bytes { get; init; }

    /// <summary>The SHA-256 of the archive, uncompressed, up to its last entry, in hexadecimal digits.</summary>
    public required string Digest { get; init; }
}
