namespace Undercroft.Cli.Stories;

/// <summary>A file that may hold stories.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Name">Its name in the library: within its folder, so that files of the same name stay apart; null for
/// what came through the standard input.</param>
/// <param name="IsNamed">Whether somebody named it, so that it must hold a story; false where a folder was searched.
/// </param>
internal sealed record StoryFile(string Path, string? Name, bool IsNamed)
{
    /// <summary>What was read already, for it can be read once: the standard input. Null where it is a file.</summary>
    public ReadOnlyMemory<byte>? Content { get; init; }

    /// <summary>The format it is in, as somebody said; null has its content tell.</summary>
    public string? Format { get; init; }
}
