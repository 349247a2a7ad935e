using Undercroft.Files.Disk;
using Undercroft.Files.State;
using Undercroft.Files.Values;
using Undercroft.Files.Writing;

namespace Undercroft.Files.Tree;

/// <summary>Writes the tree: one file for each record, written by another name first, then renamed. Nothing is replaced
/// or deleted before it was looked at: if it is not what the store had put there somebody has edited it, and that edit
/// wins.</summary>
internal sealed class TreeFiles(StoreCore core)
{
    private readonly IFileSystem files = core.Files;
    private readonly TreePaths paths = core.Paths;
    private readonly HashSet<string> touched = new(StringComparer.Ordinal);
    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private readonly LateReleases releases = new();
    private readonly Heirs heirs = new();
    private string? unknown;

    // A process before this one may have made folders, and been killed before it synced that.
    private bool isRootKnown;

    /// <summary>Notes that a run begins.</summary>
    /// <param name="run">All that it will apply.</param>
    public void Begin(DirtySet run)
    {
        heirs.Find(run);

        // Folders are looked at once in each run.
        known.Clear();
        if (unknown is not null && files.Stat(unknown) is not null)
        {
            PutAside(unknown, unknown, "holds what was swapped out before a look at it failed");
        }

        unknown = null;
    }

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
        }
        else if ((value is null ? Remove(key, onDisk) : Write(key, value, onDisk, syncs)) is { } edit)
        {
            // Once the journal is cut off nothing else is left of the commit it has overwritten.
            SyncAlreadyThere(key, edit.Found!, syncs);
            files.Delete(paths.NextIn(key.Collection));
            return edit;
        }

        if (record.Leftover is { } leftover)
        {
            RemoveLeftover(leftover);
        }

        return null;
    }

    /// <summary>Returns when the disk has back all that deleted files held: what helps where it is full.</summary>
    public void GiveBack() => releases.Finish();

    /// <summary>Returns when the names of all files written are on the disk, and the files where
    /// <see cref="Apply"/> did not see to that.</summary>
    public void Sync(bool all)
    {
        releases.Finish();
        if (all)
        {
            files.SyncAll(paths.Root);
        }
        else
        {
            if (!isRootKnown && touched.Count > 0)
            {
                _ = touched.Add(paths.Root);
            }

            // From above: what is in a folder can only last where the folder does.
            foreach (var directory in touched.OrderBy(static path => path.Length))
            {
                files.SyncDirectory(directory);
            }
        }

        isRootKnown |= all || touched.Contains(paths.Root);
        touched.Clear();
    }

    // Written by hand, or before a crash: nobody has synced it yet.
    private void SettleAlreadyThere(RecordKey key, StoredValue value, bool syncs)
    {
        SyncAlreadyThere(key, value, syncs);
        if (value.TryGet() is not null)
        {
            core.Values.Cache.Settle(value);
        }
    }

    private void SyncAlreadyThere(RecordKey key, StoredValue value, bool syncs)
    {
        var path = paths.FileOf(key, value.Mark.Kind);
        if (syncs && files.Stat(path) is { Kind: FileKind.File })
        {
            using var file = files.Open(path, OpenKind.Change);
            file.Sync();
        }

        Touch(paths.DirectoryOf(key.Collection));
        _ = touched.Add(paths.Root);
    }

    private HandEdit? Write(RecordKey key, StoredValue value, StoredValue? onDisk, bool syncs)
    {
        var directory = paths.DirectoryOf(key.Collection);
        var path = paths.FileOf(key, value.Mark.Kind);
        Ensure(directory);
        var next = paths.NextIn(key.Collection);
        var writtenAt = Prepare(next, directory, value, syncs);
        if (onDisk is not null && onDisk.Mark.Kind != value.Mark.Kind && Remove(key, onDisk, value) is { } removed)
        {
            return removed;
        }

        var isReplaced = onDisk?.Mark.Kind == value.Mark.Kind;
        if ((isReplaced || !files.TryRename(next, path)) &&
            Replace(key, value, onDisk, path, writtenAt) is { } replaced)
        {
            return replaced;
        }

        value.MarkWritten(writtenAt);
        _ = touched.Add(directory);
        core.Values.Cache.Settle(value);
        return null;
    }

    /// <summary>Puts the file prepared in the place of another one, once that is known to be nobody's edit.</summary>
    private HandEdit? Replace(RecordKey key, StoredValue value, StoredValue? onDisk, string path, long writtenAt)
    {
        var kind = value.Mark.Kind;
        var next = paths.NextIn(key.Collection);
        if (EditIn(path, key, value, onDisk, kind) is { } edit)
        {
            return edit;
        }

        unknown = next;
        if (!files.TryExchange(next, path))
        {
            // It is gone meanwhile; or nothing better can be had here, and what is saved in this moment is lost.
            unknown = null;
            if (!files.TryRename(next, path))
            {
                files.Rename(next, path);
            }

            return null;
        }

        // Whatever fails from here on, this is what the file holds.
        value.MarkWritten(writtenAt);
        _ = touched.Add(paths.DirectoryOf(key.Collection));
        if (EditIn(next, key, value, onDisk, kind) is { } late)
        {
            SwapBack(next, path, new FileStamp(value.Mark.Length, writtenAt));
            value.MarkPending();
            return late;
        }

        LetGo(next, onDisk);
        return null;
    }

    // It is nobody's edit. Where a new record is to hold just the same, that gets it.
    private void LetGo(string path, StoredValue? held)
    {
        if (held is null || !TryGiveOn(path, held))
        {
            releases.Add(files.DeleteName(path));
        }

        unknown = null;
    }

    private bool TryGiveOn(string path, StoredValue held)
    {
        var stamp = new FileStamp(held.Mark.Length, held.WrittenAt);
        if (heirs.Take(held) is not var (key, value) || files.Stat(path) != stamp)
        {
            return false;
        }

        try
        {
            Ensure(paths.DirectoryOf(key.Collection));
            if (!files.TryRename(path, paths.FileOf(key, value.Mark.Kind)))
            {
                return false;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // Whatever is in the way will be told when the record gets a file of its own.
        }

        value.MarkWritten(held.WrittenAt);
        _ = touched.Add(paths.DirectoryOf(key.Collection));
        return true;
    }

    // Somebody has saved the file between the look and the swap.
    private void SwapBack(string next, string path, FileStamp ours)
    {
        if (!files.TryExchange(next, path) && !files.TryRename(next, path))
        {
            PutAside(next, path, "was saved and deleted while its record was written");
        }
        else if (files.Stat(next) is { } stamp && stamp != ours)
        {
            PutAside(next, path, "was saved twice while its record was written");
        }

        unknown = null;
    }

    private HandEdit? Remove(RecordKey key, StoredValue? onDisk, StoredValue? value = null)
    {
        // A process before this one may have deleted the file, and been killed before it synced that.
        Touch(paths.DirectoryOf(key.Collection));
        if (onDisk is null)
        {
            return null;
        }

        var kind = onDisk.Mark.Kind;
        var path = paths.FileOf(key, kind);
        if (EditIn(path, key, value, onDisk, kind) is { } edit)
        {
            return edit;
        }

        if (TryTakeOut(path) is { } old)
        {
            if (EditIn(old, key, value, onDisk, kind) is { } late)
            {
                PutBack(old, path);
                return late;
            }

            LetGo(old, onDisk);
        }

        return null;
    }

    private void RemoveLeftover(Leftover leftover)
    {
        if (files.Stat(leftover.Path) is not { Kind: FileKind.File } || TryTakeOut(leftover.Path) is not { } old)
        {
            return;
        }

        Touch(Path.GetDirectoryName(leftover.Path)!);
        if (core.Look.At(old) is { Bytes: not null } found && found.MarkAs(leftover.Mark.Kind) == leftover.Mark)
        {
            files.Delete(old);
            unknown = null;
        }
        else
        {
            PutBack(old, leftover.Path);
        }
    }

    private string? TryTakeOut(string path)
    {
        var old = Path.Combine(Path.GetDirectoryName(path)!, TreePaths.OldName);
        try
        {
            unknown = old;
            files.Rename(path, old);
            return old;
        }
        catch (IOException error) when (error is DirectoryNotFoundException or FileNotFoundException)
        {
            // It was deleted by hand meanwhile.
            unknown = null;
            return null;
        }
    }

    private void PutBack(string old, string path)
    {
        if (!files.TryRename(old, path))
        {
            PutAside(old, path, "was saved twice while its record was deleted");
        }

        unknown = null;
    }

    /// <summary>Looks at what a write would replace or delete, or has just taken out.</summary>
    private HandEdit? EditIn(string path, RecordKey key, StoredValue? value, StoredValue? onDisk, ValueKind kind)
    {
        if (files.Stat(path) is not { } stamp ||
            (onDisk is not null && stamp == new FileStamp(onDisk.Mark.Length, onDisk.WrittenAt)) ||
            core.Look.At(path) is not { } found)
        {
            return null;
        }

        if (found.Bytes is null)
        {
            PutAside(path, paths.FileOf(key, kind), "was replaced by something that cannot be a value");
            return null;
        }

        var mark = found.MarkAs(kind);
        if (mark == onDisk?.Mark || mark == value?.Mark)
        {
            return null;
        }

        return new HandEdit(key, value, found.ToValue(kind));
    }

    private void PutAside(string path, string known, string what)
    {
        Quarantine.Take(core, path, Path.GetFileName(known).TrimStart('.'), $"{paths.Show(known)} {what}");
        _ = touched.Add(paths.Quarantine);
        _ = touched.Add(paths.Inner);
    }

    private long Prepare(string next, string directory, StoredValue value, bool syncs)
    {
        using var file = Begin(next, directory);
        file.Write(value.GetSpan(), 0);
        var writtenAt = file.Settle();
        if (syncs)
        {
            file.Sync();
        }

        return writtenAt;
    }

    private IDiskFile Begin(string next, string directory)
    {
        try
        {
            return files.Open(next, OpenKind.Replace);
        }
        catch (DirectoryNotFoundException)
        {
            // It was deleted by hand meanwhile.
            _ = known.Remove(directory);
            Ensure(directory);
            return files.Open(next, OpenKind.Replace);
        }
    }

    private void Ensure(string directory)
    {
        if (known.Contains(directory))
        {
            return;
        }

        var found = files.Stat(directory);
        if (found is null)
        {
            files.CreateDirectory(directory);
            _ = touched.Add(paths.Root);
        }
        else if (found.Value.Kind != FileKind.Directory)
        {
            throw new StrangeFileException(directory, "the folder of a collection", found.Value.Kind);
        }

        _ = known.Add(directory);
    }

    private void Touch(string directory)
    {
        if (files.Stat(directory) is { Kind: FileKind.Directory })
        {
            _ = touched.Add(directory);
        }
    }
}
