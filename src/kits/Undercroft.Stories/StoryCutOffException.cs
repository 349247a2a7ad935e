namespace Undercroft.Stories;

/// <summary>A file that is cut off was to update a story that the library has more of. Its
/// <see cref="StoreException.Kind"/> is <see cref="StoreErrorKind.Malformed"/>.</summary>
public sealed class StoryCutOffException : StoreException
{
    internal StoryCutOffException(Story known, string? file, int line, int missing)
        : base(
            StoreErrorKind.Malformed,
            $"Cannot update the story {Names.Show(known.Name.Length > 0 ? known.Name : known.Id)} from "
            + $"{Names.Show(file ?? "story")}: the file is cut off in what begins in line {line}, and {missing} of the "
            + $"{known.Passages.Count} passages in the library are missing or other in it. The story was not changed; "
            + "get a complete copy.")
    {
        StoryId = known.Id;
        File = file;
        Line = line;
    }

    /// <summary>The id of the story in the library.</summary>
    public string StoryId { get; }

    /// <summary>The file's name as the caller gave it; null where none was given.</summary>
    public string? File { get; }

    /// <summary>The line, from 1, of what is not closed.</summary>
    public int Line { get; }
}
