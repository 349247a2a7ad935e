namespace Undercroft.Files.Disk;

/// <summary>A path leads to a folder, a link or something stranger, where the store keeps or expects a file; or the
/// other way round.</summary>
internal sealed class StrangeFileException(string path, string expected, FileKind found)
    : IOException($"'{path}' is {Describe(found)}, where {expected} has to be")
{
    private static string Describe(FileKind kind) => kind switch
    {
        FileKind.File => "a file",
        FileKind.Directory => "a folder",
        _ => "a link, a pipe or a device",
    };
}
