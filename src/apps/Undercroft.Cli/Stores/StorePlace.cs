namespace Undercroft.Cli.Stores;

/// <summary>Where a store is kept on this machine.</summary>
/// <param name="Path">The file or folder, as the URI names it.</param>
/// <param name="IsFolder">Whether it is a folder.</param>
internal sealed record StorePlace(string Path, bool IsFolder)
{
    // SQLite keeps what is not yet in the database beside it; the three belong together.
    private static readonly string[] Companions = ["-wal", "-shm", "-journal"];

    /// <summary>Whether anything is there.</summary>
    public bool Exists => IsFolder ? Directory.Exists(Path) : File.Exists(Path);

    /// <summary>Whether there may be a store: an empty file is none, but would be made one by opening it.</summary>
    public bool HoldsStore => IsFolder
        ? Directory.Exists(Path)
        : new FileInfo(Path) is { Exists: true, Length: > 0 } || File.Exists(Path + Companions[0]);

    /// <summary>Finds the place of a URI.</summary>
    /// <returns>Null where the kind of store has no place that this tool knows.</returns>
    public static StorePlace? Of(StoreUri uri) => uri.Scheme switch
    {
        _ when uri.Path.Length == 0 => null,
        "sqlite" => new StorePlace(uri.Path, IsFolder: false),
        "file" => new StorePlace(uri.Path, IsFolder: true),
        _ => null,
    };

    /// <summary>The same kind of place under another path.</summary>
    public StorePlace At(string path) => this with { Path = path };

    /// <summary>Copies everything that is here to another path, which must be free, and waits until the disk has it.
    /// </summary>
    public async Task CopyToAsync(string path, CancellationToken cancellationToken)
    {
        if (!IsFolder)
        {
            await CopyFileAsync(Path, path, cancellationToken).ConfigureAwait(false);
            if (File.Exists(Path + "-wal"))
            {
                await CopyFileAsync(Path + "-wal", path + "-wal", cancellationToken).ConfigureAwait(false);
            }

            return;
        }

        _ = Directory.CreateDirectory(path);
        foreach (var folder in Directory.EnumerateDirectories(Path, "*", SearchOption.AllDirectories))
        {
            _ = Directory.CreateDirectory(System.IO.Path.Combine(path, System.IO.Path.GetRelativePath(Path, folder)));
        }

        foreach (var file in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories))
        {
            var copy = System.IO.Path.Combine(path, System.IO.Path.GetRelativePath(Path, file));
            await CopyFileAsync(file, copy, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Moves everything that is here to another path, which must be free.</summary>
    public void MoveTo(string path)
    {
        if (IsFolder)
        {
            Directory.Move(Path, path);
            return;
        }

        foreach (var suffix in Companions.Where(suffix => File.Exists(Path + suffix)))
        {
            File.Move(Path + suffix, path + suffix);
        }

        File.Move(Path, path);
    }

    /// <summary>Removes everything that is here.</summary>
    public void Delete()
    {
        if (IsFolder)
        {
            if (Directory.Exists(Path))
            {
                Directory.Delete(Path, recursive: true);
            }

            return;
        }

        foreach (var suffix in Companions)
        {
            File.Delete(Path + suffix);
        }

        File.Delete(Path);
    }

    private static async Task CopyFileAsync(string from, string to, CancellationToken cancellationToken)
    {
        var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1, useAsync: true);
        await using var ownedSource = source.ConfigureAwait(false);
        var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, useAsync: true);
        await using var ownedTarget = target.ConfigureAwait(false);
        await source.CopyToAsync(target, cancellationToken).ConfigureAwait(false);
        target.Flush(flushToDisk: true);
    }
}
