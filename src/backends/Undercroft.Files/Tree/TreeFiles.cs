using Undercroft.Files.Disk;
using Undercroft.Files.State;
using Undercroft.Files.Values;
using Undercroft.Files.Writing;

namespace Undercroft.Files.Tree;

/// <summary>Writes the tree: one file for each record. A new one is made under its own name; one that replaces another
/// is written by another name first, then renamed. Before it touches a file it looks whether the file is still what it
/// was; if not, somebody has edited it, and that edit wins.</summary>
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
        var isNew = value is { IsPending: true } && onDisk is null && record.Leftover is null;
        if (isNew && TryWriteNew(record, value!, syncs))
        {
            return null;
        }

        // Between the look and the rename nothing takes long: what somebody saves meanwhile would be lost.
        var next = value is { IsPending: true } ? Prepare(value, syncs) : default;
        if (value is not { IsPending: false } && FindEdit(key, value, onDisk) is { } edit)
        {
            return edit;
        }

        // The old file goes first: should the rest fail, nobody has to remember that there were two.
        if (onDisk is not null && onDisk.Mark.Kind != value?.Mark.Kind)
        {
            Delete(paths.FileOf(key, onDisk.Mark.Kind));
        }

        if (value is { IsPending: true })
        {
            Put(key, value, next);
        }
        else if (value is not null)
        {
            SettleAlreadyThere(key, value, syncs);
        }
        else if (onDisk is null)
        {
            // A process before this one may have deleted the file, and been killed before it synced that.
            Touch(paths.DirectoryOf(key.Collection));
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
        if (onDisk?.IsUnfinished == true)
        {
            return null;
        }

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

        if (value is { IsPending: true } && hash == value.Mark.Hash)
        {
            return null;
        }

        var edited = new StoredValue(found, kind);
        edited.MarkWritten(stamp.Value.WrittenAt);
        return new HandEdit(key, value, edited);
    }

    /// <summary>Writes the file of a record that had none, under its own name: until the checkpoint is over the journal
    /// can always write it again, and nobody of ours reads it before.</summary>
    /// <returns>False where something has the name already.</returns>
    private bool TryWriteNew(DirtyRecord record, StoredValue value, bool syncs)
    {
        var key = record.Latest.Key;
        Ensure(paths.DirectoryOf(key.Collection));
        using var file = TryCreate(key, paths.FileOf(key, value.Mark.Kind));
        if (file is null)
        {
            return false;
        }

        // Should this fail, what is there is nobody's edit.
        record.OnDisk = StoredValue.Unfinished(value.Mark.Kind);
        Fill(file, value, syncs);
        _ = touched.Add(paths.DirectoryOf(key.Collection));
        Settle(value, file.WrittenAt());
        return true;
    }

    private IDiskFile? TryCreate(RecordKey key, string path)
    {
        try
        {
            return files.TryCreate(path);
        }
        catch (DirectoryNotFoundException)
        {
            // It was deleted by hand meanwhile.
            _ = known.Remove(paths.DirectoryOf(key.Collection));
            Ensure(paths.DirectoryOf(key.Collection));
            return files.TryCreate(path);
        }
    }

    private (string Path, long WrittenAt) Prepare(StoredValue value, bool syncs)
    {
        var temp = Path.Combine(paths.Temp, (writes++ % 2).ToString(System.Globalization.CultureInfo.InvariantCulture));
        using var file = files.Open(temp, OpenKind.Replace);
        Fill(file, value, syncs);
        return (temp, file.WrittenAt());
    }

    private void Put(RecordKey key, StoredValue value, (string Path, long WrittenAt) next)
    {
        var directory = paths.DirectoryOf(key.Collection);
        var path = paths.FileOf(key, value.Mark.Kind);
        Ensure(directory);
        try
        {
            files.Rename(next.Path, path);
        }
        catch (IOException error) when (error is DirectoryNotFoundException or FileNotFoundException)
        {
            // The directory was deleted by hand meanwhile.
            _ = known.Remove(directory);
            Ensure(directory);
            files.Rename(next.Path, path);
        }

        _ = touched.Add(directory);
        Settle(value, next.WrittenAt);
    }

    private static void Fill(IDiskFile file, StoredValue value, bool syncs)
    {
        file.Write(value.GetSpan(), 0);
        if (syncs)
        {
            file.Sync();
        }
    }

    private void Settle(StoredValue value, long writtenAt)
    {
        value.MarkWritten(writtenAt);
        core.Values.Cache.Settle(value);
    }

    private void Ensure(string directory)
    {
        if (!known.Contains(directory) && files.Stat(directory) is null)
        {
            files.CreateDirectory(directory);
            _ = touched.Add(paths.Root);
        }

        _ = known.Add(directory);
    }

    private void Delete(string path)
    {
        files.Delete(path);
        Touch(Path.GetDirectoryName(path)!);
    }

    private void Touch(string directory)
    {
        if (files.Stat(directory) is not null)
        {
            _ = touched.Add(directory);
        }
    }
}
