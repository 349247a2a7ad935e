using Microsoft.Win32.SafeHandles;

namespace Undercroft.Bench.Floors;

/// <summary>What the file system itself takes to keep documents as files, one each, replaced whole. Uses nothing of
/// ours.</summary>
public sealed class FileFloor
{
    private readonly string folder;

    /// <summary>Makes an empty folder.</summary>
    public FileFloor(string folder)
    {
        this.folder = folder;
        _ = Directory.CreateDirectory(folder);
    }

    /// <summary>Writes a document to a temporary file, flushes it to the disk, and renames it.</summary>
    public void SaveDurably(string id, byte[] body) => Save(id, body, flushes: true);

    /// <summary>Writes a document to a temporary file and renames it; the operating system flushes when it likes.
    /// </summary>
    public void SaveLightly(string id, byte[] body) => Save(id, body, flushes: false);

    private void Save(string id, byte[] body, bool flushes)
    {
        var temporary = Path.Combine(folder, id + ".tmp");
        using (SafeFileHandle handle = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(handle, body, 0);
            if (flushes)
            {
                RandomAccess.FlushToDisk(handle);
            }
        }

        File.Move(temporary, Path.Combine(folder, id + ".json"), overwrite: true);
    }
}
