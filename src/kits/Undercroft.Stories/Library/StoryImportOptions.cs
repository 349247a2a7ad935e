namespace Undercroft.Stories;

/// <summary>How a file is imported.</summary>
public sealed record StoryImportOptions
{
    /// <summary>The ids of the stories of the library that may be updated from a file that is cut off, though they lose
    /// passages by it; without them such a file is refused. Back them up first: <see cref="StoryBackups"/>.</summary>
    public IReadOnlyCollection<string> CutOffAccepted { get; init; } = [];

    /// <summary>The format the file is read in, one of the names of <see cref="StoryFormats"/>. Null, the default, has
    /// its content tell.</summary>
    public string? Format { get; init; }

    /// <summary>Where a story of the library is backed up before an update takes passages from it, or what stands
    /// around them in the file it came from, as the page of a published story does. Null, the default, backs nothing
    /// up.</summary>
    public StoryBackups? Backups { get; init; }
}
