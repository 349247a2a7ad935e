namespace Undercroft.Stories;

/// <summary>What a library tells of a story without opening it. This is a document of the collection <c>stories</c>;
/// its tags are the library's.</summary>
public sealed record StorySummary
{
    /// <summary>The story's id.</summary>
    public required string Id { get; init; }

    /// <summary>The title.</summary>
    public string Name { get; init; } = "";

    /// <summary>The beginning of the title in small letters, for order and look-up.</summary>
    public string NameKey { get; init; } = "";

    /// <summary>The IFID as written; null where there is none.</summary>
    public string? Ifid { get; init; }

    /// <summary>The story format's name; null where the source names none, or one of more than 100
    /// characters.</summary>
    public string? Format { get; init; }

    /// <summary>The story format's version; null where the source names none.</summary>
    public string? FormatVersion { get; init; }

    /// <summary>The format of the file it came from; null for a story made in memory.</summary>
    public string? SourceFormat { get; init; }

    /// <summary>The name of that file; null where none was given.</summary>
    public string? File { get; init; }

    /// <summary>The beginning of that name in small letters, without folders, for look-up; null where there is none.
    /// </summary>
    public string? FileKey { get; init; }

    /// <summary>The author's tags, as the story's file has them. The library's own are the document's.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The number of passages, without scripts and stylesheets.</summary>
    public int Passages { get; init; }

    /// <summary>The number of words, the format's markup included.</summary>
    public int Words { get; init; }

    /// <summary>The bytes the story takes as JSON: its contents, its passages and the page around it.</summary>
    public long Bytes { get; init; }

    /// <summary>Whether its passages are documents of their own.</summary>
    public bool HasParts { get; init; }

    /// <summary>The SHA-256 of the page around it, in hexadecimal; null where there is none.</summary>
    public string? Page { get; init; }

    /// <summary>The version of the form it is stored in.</summary>
    public int Schema { get; init; } = Story.SchemaCurrent;
}
