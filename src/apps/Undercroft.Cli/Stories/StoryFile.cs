namespace Undercroft.Cli.Stories;

/// <summary>A file that may hold stories.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Name">Its name in the library: within its folder, so that files of the same name stay apart.</param>
/// <param name="IsNamed">Whether somebody named it, so that it must hold a story; false where a folder was searched.
/// </param>
internal sealed record StoryFile(string Path, string Name, bool IsNamed);
