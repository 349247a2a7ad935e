namespace Undercroft.Stories;

/// <summary>How a folder is converted.</summary>
public sealed record StoryBatchOptions
{
    /// <summary>The format to write, one of <see cref="StoryFormats.Writable"/>.</summary>
    public required string Format { get; init; }

    /// <summary>The dialect, where whisker's JSON is written.</summary>
    public WhiskerDialect Dialect { get; init; }

    /// <summary>Whether nothing is written: files are read, converted and checked only.</summary>
    public bool DryRun { get; init; }

    /// <summary>Whether files that are there and were not made by an earlier conversion of the same source are
    /// overwritten.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Whether a file of which something would be lost counts as failed, and is not written.</summary>
    public bool Strict { get; init; }
}
