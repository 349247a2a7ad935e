namespace Undercroft.Stories;

/// <summary>A file holds no story that can be read. Its <see cref="StoreException.Kind"/> is
/// <see cref="StoreErrorKind.Malformed"/>.</summary>
public sealed class StoryFormatException : StoreException
{
    /// <summary>Describes why nothing could be read: what, in which file and line, and what to do.</summary>
    public StoryFormatException(string message, string? file, int line)
        : base(StoreErrorKind.Malformed, message)
    {
        File = file;
        Line = line;
    }

    /// <summary>The file's name as the caller gave it; null where none was given.</summary>
    public string? File { get; }

    /// <summary>The line, from 1, at which reading ended.</summary>
    public int Line { get; }
}
