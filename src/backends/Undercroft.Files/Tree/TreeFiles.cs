using Undercroft.Files.Disk;
using Undercroft.Files.State;
using Undercroft.Files.Values;
using Undercroft.Files.Writing;

namespace Undercroft.Files.Tree;

/// <summary>Writes the tree: one file for each record, by another name first, then renamed. Before it touches a file it
/// looks whether the file is still what it was; if not, somebody has edited it, and that edit wins.</summary>
internal sealed class TreeFiles(StoreCore core)
{
    private readonly IFileSystem files = core.Files;
    private readonly TreePaths paths = core.Paths;
    private readonly HashSet<string> touched = new(StringComparer.Ordinal);
    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private long writes;

    /// <summary>Brings one record into the tree.</summary>
    /// <param name="record">The record.</param>
    /// <param name="syncs">Whether the file is to be on the disk when this returns.</param>
    /// <returns>An edit by hand that was found in the way; then the file was left alone. Else null.</returns>
    public HandEdit? Apply(DirtyRecord record, bool syncs)
    {
        var key = record.Latest.Key;
        var value = StoredValue.Of(record.Latest);
        var onDisk = record.OnDisk is { IsPending: false } settled ? settled : null;
        if (value is { IsPending: false })
        {
            SettleAlreadyThere(key, value, syncs);
            return null;
        }

        if (FindEdit(key, value, onDisk) is { } edit)
        {
            return edit;
        }

        if (value is { IsPending: true })
        {
            Write(key, value, syncs);
        }

        // The new file comes before the old one goes: at no time is there neither.
        if (onDisk is not null && onDisk.Mark.Kind != value?.Mark.Kind)
        {
            Delete(paths.FileOf(key, onDisk.Mark.Kind));
        }

        if (record.Leftover is { } leftover)
        {
            Delete(leftover);
        }

        return null;
    }

    /// <summary>Returns when the names of all files written are on the disk, and the files where
    /// <see cref="Apply"/> did not see to that.</summary>
    public void Sync(bool all)
    {
        if (all)
        {
            files.SyncAll(paths.Root);
        }
        else
        {
            foreach (var directory in touched)
            {
                files.SyncDirectory(directory);
            }
        }

        touched.Clear();
    }

    // Written by hand, or before a crash: nobody has synced it yet.
    private void SettleAlreadyThere(RecordKey key, StoredValue value, bool syncs)
    {
        var path = paths.FileOf(key, value.Mark.Kind);
        if (syncs && files.Stat(path) is not null)
        {
            using var file = files.Open(path, OpenKind.Change);
            file.Sync();
            _ = touched.Add(paths.DirectoryOf(key.Collection));
            _ = touched.Add(paths.Root);
        }

        if (value.TryGet() is not null)
        {
            core.Values.Cache.Settle(value);
        }
    }

    /// <summary>Looks at what the write would replace.</summary>
    private HandEdit? FindEdit(RecordKey key, StoredValue? value, StoredValue? onDisk)
    {
        var kind = onDisk?.Mark.Kind ?? value?.Mark.Kind ?? ValueKind.None;
        if (kind == ValueKind.None)
        {
            return null;
        }

        var path = paths.FileOf(key, kind);
        var stamp = files.Stat(path);
        if (stamp is null || (onDisk is not null && stamp == new FileStamp(onDisk.Mark.Length, onDisk.WrittenAt)))
        {
            return null;
        }

        if (ValueReader.ReadFile(files, path) is not { } found)
        {
            return null;
        }

        var hash = ValueText.HashOf(found);
        if (hash == onDisk?.Mark.Hash)
        {
            return null;
        }

        var edited = new StoredValue(found, kind);
        edited.MarkWritten(stamp.Value.WrittenAt);
        return value is { IsPending: true } && value.Mark == edited.Mark ? null : new HandEdit(key, value, edited);
    }

    private void Write(RecordKey key, StoredValue value, bool syncs)
    {
        var directory = paths.DirectoryOf(key.Collection);
        var path = paths.FileOf(key, value.Mark.Kind);
        var temp = Path.Combine(paths.Temp, (writes++ % 2).ToString(System.Globalization.CultureInfo.InvariantCulture));
        FileStamp stamp;
        using (var file = files.Open(temp, OpenKind.Replace))
        {
            file.Write(
                value.TryGet() ?? throw new InvalidOperationException("A value was dropped before its file had it."),
                0);
            if (syncs)
            {
                file.Sync();
            }

            stamp = file.Stamp();
        }

        if (known.Add(directory))
        {
            Ensure(directory);
        }

        try
        {
            files.Rename(temp, path);
        }
        catch (IOException error) when (error is DirectoryNotFoundException or FileNotFoundException)
        {
            // The directory was deleted by hand meanwhile.
            Ensure(directory);
            files.Rename(temp, path);
        }

        _ = touched.Add(directory);
        value.MarkWritten(stamp.WrittenAt);
        core.Values.Cache.Settle(value);
    }

    private void Ensure(string directory)
    {
        if (files.Stat(directory) is null)
        {
            files.CreateDirectory(directory);
            _ = touched.Add(paths.Root);
        }
    }

    private void Delete(string path)
    {
        files.Delete(path);
        if (files.Stat(Path.GetDirectoryName(path)!) is not null)
        {
            _ = touched.Add(Path.GetDirectoryName(path)!);
        }
    }
}
