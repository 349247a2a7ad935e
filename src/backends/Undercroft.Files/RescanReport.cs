namespace Undercroft.Files;

/// <summary>What a look through the files of a store found.</summary>
public sealed record RescanReport
{
    /// <summary>How many files were looked at.</summary>
    public long Examined { get; init; }

    /// <summary>How many records were edited by hand; each is a commit now.</summary>
    public int Edited { get; init; }

    /// <summary>How many files were put in by hand; each is a record now.</summary>
    public int Added { get; init; }

    /// <summary>How many files were deleted by hand and taken as deletions.</summary>
    public int Deleted { get; init; }

    /// <summary>How many files are missing and were not taken as deletions, because they are so many; see
    /// <see cref="FileStoreOptions.DeletionsMax"/>.</summary>
    public int DeletionsRefused { get; init; }

    /// <summary>What was found and left alone, a sentence each: files that are none of the store's, and second files of
    /// one record. At most 100.</summary>
    public IReadOnlyList<string> LeftAlone { get; init; } = [];

    internal RescanReport Plus(RescanReport later) => later with
    {
        Edited = Edited + later.Edited,
        Added = Added + later.Added,
        Deleted = Deleted + later.Deleted,
    };
}
