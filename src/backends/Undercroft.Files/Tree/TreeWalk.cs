using System.Globalization;
using Undercroft.Files.Disk;
using Undercroft.Files.Naming;
using Undercroft.Files.State;
using Undercroft.Files.Values;
using Undercroft.Files.Writing;

namespace Undercroft.Files.Tree;

/// <summary>One walk through all files of a store, beside what the store knows about them.</summary>
internal sealed class TreeWalk(StoreCore core, Func<RecordKey, bool> isDirty)
{
    private const int EditsMax = 5_000;
    private const long EditBytesMax = 32 * 1024 * 1024;
    private const int LeftAloneMax = 100;

    private readonly StoreState state = core.State;
    private readonly HashSet<RecordKey> seen = [];
    private readonly HashSet<string> strange = new(StringComparer.Ordinal);
    private readonly List<HandEdit> edits = [];
    private readonly List<(RecordKey Key, ValueKind Kind, string Path, bool IsOwnName)> strays = [];
    private readonly List<string> leftAlone = [];
    private Dictionary<string, RecordKey>? cutNames;
    private long examined;
    private long bytes;
    private int deletionsRefused;
    private bool hasMore;

    public TreeLook Run(bool acceptsDeletions)
    {
        foreach (var item in core.Files.List(core.Paths.Root))
        {
            // What begins with a dot is the store's own folder, or Git's, or an editor's.
            if (item.Name.StartsWith('.'))
            {
                continue;
            }

            if (item.Stamp.Kind == FileKind.Directory)
            {
                WalkCollection(item.Name);
            }
            else if (item.Stamp.Kind == FileKind.Other)
            {
                _ = strange.Add(Path.Combine(core.Paths.Root, item.Name));
                LeaveAlone($"{Names.Show(item.Name)} is a link, a pipe or a device; the store follows none.");
            }
        }

        // Only now is it known which records have lost the file of their own name.
        strays.ForEach(stray => Take(stray.Key, stray.Kind, stray.Path, stray.IsOwnName));
        FindMissing(acceptsDeletions);
        return new TreeLook(
            edits,
            new RescanReport
            {
                Examined = examined,
                Edited = edits.Count(static edit => edit is { Expected: not null, Found: not null }),
                Added = edits.Count(static edit => edit.Expected is null),
                Deleted = edits.Count(static edit => edit.Found is null),
                DeletionsRefused = deletionsRefused,
                LeftAlone = leftAlone,
            },
            hasMore);
    }

    private void WalkCollection(string directory)
    {
        var path = Path.Combine(core.Paths.Root, directory);
        var collection = TreeNames.IdOf(directory);
        foreach (var item in core.Files.List(path))
        {
            if (item.Name.StartsWith('.'))
            {
                continue;
            }

            examined++;
            var file = Path.Combine(path, item.Name);
            if (KeyOf(collection, directory, item) is var (key, kind))
            {
                Look(key, kind, file, item.Stamp);
            }
            else
            {
                LeaveAlone(
                    $"{core.Paths.Show(file)} is none of the store's files: those end in .json or .bin and have the " +
                    "name of a record.");
            }
        }
    }

    private (RecordKey Key, ValueKind Kind)? KeyOf(string? collection, string directory, FileItem item)
    {
        var kind = Path.GetExtension(item.Name) switch
        {
            TreePaths.JsonExtension => ValueKind.Json,
            TreePaths.BinaryExtension => ValueKind.Binary,
            _ => ValueKind.None,
        };
        if (kind == ValueKind.None || item.Stamp.Kind != FileKind.File)
        {
            return null;
        }

        var name = Path.GetFileNameWithoutExtension(item.Name);
        if (collection is null || TreeNames.IdOf(name) is not { } id)
        {
            return CutNames().TryGetValue(Path.Combine(directory, name), out var cut) ? (cut, kind) : null;
        }

        try
        {
            return (new RecordKey(collection, id), kind);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    // Names that were cut tell no id: the records know them.
    private Dictionary<string, RecordKey> CutNames() => cutNames ??= state.Table.Records()
        .Select(static record => record.Key)
        .Where(static key => TreeNames.IsCut(key.Id) || TreeNames.IsCut(key.Collection))
        .ToDictionary(static key => Path.Combine(TreeNames.Of(key.Collection), TreeNames.Of(key.Id)));

    private void Look(RecordKey key, ValueKind kind, string path, FileStamp stamp)
    {
        var isOwnName = path == core.Paths.FileOf(key, kind);
        var value = StoredValue.Of(state.Table.Find(key));
        if (isDirty(key))
        {
            _ = seen.Add(key);
        }
        else if (isOwnName && value is { } known && known.Mark.Kind == kind)
        {
            _ = seen.Add(key);
            if (stamp != new FileStamp(known.Mark.Length, known.WrittenAt))
            {
                Compare(key, known, path);
            }
        }
        else
        {
            strays.Add((key, kind, path, isOwnName));
        }
    }

    private void Compare(RecordKey key, StoredValue known, string path)
    {
        // The list may be older than what the store knows by now: this look is not.
        if (known.IsPending || Read(key, path) is not { } found)
        {
            return;
        }

        if (found.MarkAs(known.Mark.Kind) == known.Mark)
        {
            known.MarkWritten(found.Stamp.WrittenAt);
            return;
        }

        Add(new HandEdit(key, known, found.ToValue(known.Mark.Kind)), path);
    }

    private void Take(RecordKey key, ValueKind kind, string path, bool isOwnName)
    {
        if (!seen.Add(key))
        {
            LeaveAlone(
                $"{core.Paths.Show(path)} is a second file of {Names.Show(key.ToString())}. Remove one of the two.");
            return;
        }

        var known = StoredValue.Of(state.Table.Find(key));
        if (!isOwnName && known is not null)
        {
            _ = seen.Remove(key);
            LeaveAlone(
                $"{core.Paths.Show(path)} would be a file of {Names.Show(key.ToString())}, whose own name is " +
                $"{core.Paths.Show(core.Paths.FileOf(key, kind))}. Give it that name, or remove it.");
            return;
        }

        if (known?.IsPending == true || Read(key, path) is not { } found)
        {
            return;
        }

        Add(
            isOwnName
                ? new HandEdit(key, known, found.ToValue(kind))
                : new HandEdit(
                    key, known, new StoredValue(found.Bytes!, kind), new Leftover(path, found.MarkAs(kind))),
            path);
    }

    private FoundFile? Read(RecordKey key, string path)
    {
        if (edits.Count >= EditsMax || bytes >= EditBytesMax)
        {
            hasMore = true;
            return null;
        }

        var found = core.Look.At(path);
        if (found is { Bytes: null, Stamp: { Kind: FileKind.File, Length: var length } })
        {
            core.Notices.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{core.Paths.Show(path)} has {length} bytes and is not taken: a value may have " +
                $"{core.Options.Limits.ValueBytesMax}. Make it smaller."));
            _ = seen.Add(key);
        }

        return found is { Bytes: not null } ? found : null;
    }

    private void Add(HandEdit edit, string path)
    {
        bytes += edit.Found!.Mark.Length;
        edits.Add(edit);
        if (edit.Found.Mark.Kind == ValueKind.Json && ValueText.KindOf(edit.Found.GetSpan()) != ValueKind.Json)
        {
            core.Notices.Add(
                $"{core.Paths.Show(path)} was edited by hand and is no JSON document; it was taken as it is.");
        }
    }

    private void FindMissing(bool acceptsDeletions)
    {
        var missing = new List<HandEdit>();
        foreach (var record in state.Table.Records())
        {
            if (StoredValue.Of(record) is { IsPending: false } value &&
                !seen.Contains(record.Key) && !isDirty(record.Key) &&
                !strange.Contains(core.Paths.DirectoryOf(record.Key.Collection)) &&
                core.Files.Stat(core.Paths.FileOf(record.Key, value.Mark.Kind)) is null)
            {
                missing.Add(new HandEdit(record.Key, value, null));
            }
        }

        var isAccident = missing.Count > core.Options.DeletionsMax &&
            missing.Count > core.Options.DeletionShareMax * state.Table.Count;
        if (isAccident && !acceptsDeletions)
        {
            deletionsRefused = missing.Count;
            core.Notices.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{missing.Count} of {state.Table.Count} files are missing, which looks like an accident: nothing " +
                $"was deleted. Put them back, or call {nameof(FileStore.RescanAsync)} with acceptDeletions."));
            return;
        }

        hasMore |= missing.Count > EditsMax;
        edits.AddRange(missing.Take(EditsMax));
    }

    private void LeaveAlone(string sentence)
    {
        if (leftAlone.Count < LeftAloneMax)
        {
            leftAlone.Add(sentence);
        }
    }
}
