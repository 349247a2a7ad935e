using Undercroft.Files.Disk;
using Undercroft.Files.Tree;

namespace Undercroft.Files.Values;

/// <summary>Brings the bytes of values: from memory, or from their files, where they are checked against their hash.
/// </summary>
internal sealed class ValueReader(IFileSystem files, TreePaths paths, ValueCache cache)
{
    public ValueCache Cache => cache;

    /// <summary>The bytes of a value.</summary>
    /// <returns>Null where the file no longer holds it: written anew since, changed by hand, or gone.</returns>
    public byte[]? Load(RecordKey key, StoredValue value)
    {
        if (value.TryGet() is { } held)
        {
            return held;
        }

        var bytes = ReadFile(files, paths.FileOf(key, value.Mark.Kind), value.Mark.Length);
        if (bytes is null || ValueText.HashOf(bytes) != value.Mark.Hash)
        {
            return null;
        }

        cache.Keep(value, bytes);
        return bytes;
    }

    /// <summary>Reads a whole file.</summary>
    /// <returns>Null where there is none, or where its size is not the one expected.</returns>
    public static byte[]? ReadFile(IFileSystem files, string path, int? expected = null)
    {
        try
        {
            using var file = files.Open(path, OpenKind.Read);
            var length = file.Length;
            if (length != (expected ?? length) || length > Array.MaxLength)
            {
                return null;
            }

            var bytes = new byte[length];
            return file.Read(bytes, 0) == length ? bytes : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
    }
}
