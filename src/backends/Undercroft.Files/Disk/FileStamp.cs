namespace Undercroft.Files.Disk;

/// <summary>What tells, without reading a file, that it was written since.</summary>
/// <param name="Length">Its bytes.</param>
/// <param name="WrittenAt">When it was last written, in ticks of UTC.</param>
/// <param name="Kind">What it is.</param>
internal readonly record struct FileStamp(long Length, long WrittenAt, FileKind Kind = FileKind.File)
{
    /// <summary>A time no file has: what carries it is to be compared by its content.</summary>
    public const long UnknownTime = 1;
}

/// <summary>One entry of a directory.</summary>
internal readonly record struct FileItem(string Name, FileStamp Stamp);

/// <summary>What a path leads to.</summary>
internal enum FileKind
{
    /// <summary>A file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A link, or something stranger: never ours.</summary>
    Other,
}

/// <summary>How a file is opened.</summary>
internal enum OpenKind
{
    /// <summary>To read what is there.</summary>
    Read,

    /// <summary>To change what is there.</summary>
    Change,

    /// <summary>To write it anew, whether it is there or not.</summary>
    Replace,
}
