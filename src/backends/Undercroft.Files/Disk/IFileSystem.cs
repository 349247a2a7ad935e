namespace Undercroft.Files.Disk;

/// <summary>What this backend asks of an operating system. Everything that touches a disk goes through it, so that a
/// test can fail, tear or drop any of it.</summary>
/// <remarks>Failures are <see cref="IOException"/> and <see cref="UnauthorizedAccessException"/>, as .NET has them;
/// those of a sync are <see cref="SyncFailedException"/>.</remarks>
internal interface IFileSystem
{
    /// <summary>What this run of the operating system is called; empty where that cannot be told.</summary>
    Guid BootId { get; }

    /// <summary>Whether <see cref="SyncAll"/> works here.</summary>
    bool CanSyncAll { get; }

    /// <summary>What is at a path; null where nothing is.</summary>
    /// <param name="path">The path.</param>
    /// <param name="follows">Whether a link is what it leads to; else it is <see cref="FileKind.Other"/>.</param>
    FileStamp? Stat(string path, bool follows = false);

    /// <summary>What a directory holds, in no order; nothing where there is no such directory.</summary>
    IReadOnlyList<FileItem> List(string directory);

    /// <summary>Opens a file.</summary>
    /// <exception cref="StrangeFileException">The path leads to something else: a folder, a link, a pipe.</exception>
    IDiskFile Open(string path, OpenKind kind);

    /// <summary>Gives a file another name, in one step; what had the name before is gone.</summary>
    void Rename(string from, string to);

    /// <summary>Gives a file another name if nothing has it.</summary>
    /// <returns>False where something has.</returns>
    bool TryRename(string from, string to);

    /// <summary>Swaps two files in one step, so that nothing is replaced before it was looked at.</summary>
    /// <returns>False where one is missing, or where the file system has no such call.</returns>
    bool TryExchange(string one, string other);

    /// <summary>Deletes a file; content where there is none.</summary>
    void Delete(string path);

    /// <summary>Deletes a file's name. What it held is given back to the disk when the result is disposed, which may
    /// take far longer and can be done elsewhere; null where that is done already.</summary>
    IDisposable? DeleteName(string path);

    /// <summary>Makes a directory and those above it; content where it is there.</summary>
    void CreateDirectory(string path);

    /// <summary>Deletes a directory with all it holds; content where there is none.</summary>
    void DeleteDirectory(string path);

    /// <summary>Returns when the names in a directory are on the disk; at once where the system has no such call.
    /// </summary>
    void SyncDirectory(string path);

    /// <summary>Returns when everything written to the file system that holds a directory is on the disk.</summary>
    void SyncAll(string directory);

    /// <summary>Takes a lock that ends with the process at the latest; null where somebody else holds it.</summary>
    IDisposable? TryLock(string path);
}
