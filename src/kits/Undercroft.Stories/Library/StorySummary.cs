namespace Undercroft.Stories;

/// <summary>What a library tells of a story without opening it. This is a document of the collection <c>stories</c>.
/// </summary>
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

    /// <summary>The story's own tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The number of passages, without scripts and stylesheets.</summary>
    public int Passages { get; init; }

    /// <summary>The number of words, the format's markup included.</summary>
    public int Words { get; init; }

    /// <summary>The version of the form it is stored in.</summary>
    public int Schema { get; init; } = Story.SchemaCurrent;
}
