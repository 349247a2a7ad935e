using Undercroft.Files.Disk;
using Undercroft.Files.State;
using Undercroft.Files.Tree;
using Undercroft.Files.Values;
using Undercroft.Files.Writing;

namespace Undercroft.Files.Opening;

/// <summary>Compares the files of records that the journal has written with what the journal says, when a store is
/// opened after a crash.</summary>
/// <remarks>
/// A file that holds the last of what the journal says is done. One that holds anything the journal says it has held,
/// or nothing, or what a power cut has left of a write, is written again. Anything else came from somebody else: in the
/// same run of the operating system it is an edit made by hand, and wins as a commit of its own; in another one it may
/// be what a power cut has made of the file, so the journal wins, and what was found is put aside.
/// </remarks>
internal sealed class Reconciliation(StoreCore core, LoadedStore loaded)
{
    private bool hasSetAside;

    /// <summary>What is to be brought into the tree and the index.</summary>
    public DirtySet Dirty { get; } = new();

    /// <summary>Edits made by hand, to be committed.</summary>
    public List<HandEdit> Edits { get; } = [];

    public void Run()
    {
        foreach (var (key, trace) in loaded.Traces)
        {
            Check(key, trace);
        }

        Dirty.HasFacts = loaded.Journal.Any(static segment => segment.End > Journal.FrameHeader.Size);
        if (hasSetAside)
        {
            // From above: what is in a folder can only last where the folder does.
            core.Files.SyncDirectory(core.Paths.Inner);
            core.Files.SyncDirectory(core.Paths.Quarantine);
        }
    }

    private void Check(RecordKey key, JournalTrace trace)
    {
        // A tombstone that was forgotten since still has to leave the tree and the index.
        var latest = loaded.State.Table.Find(key);
        var value = StoredValue.Of(latest);
        StoredValue? onDisk = null;

        // A kill leaves no file half: it has its name only once it is written.
        var isSameRun = trace.FirstBoot == core.Files.BootId && trace.FirstBoot != Guid.Empty;
        foreach (var kind in (ReadOnlySpan<ValueKind>)[ValueKind.Json, ValueKind.Binary])
        {
            var path = core.Paths.FileOf(key, kind);
            if (core.Look.At(path) is not { Bytes: { } bytes } found)
            {
                continue;
            }

            var mark = found.MarkAs(kind);
            if (value is not null && mark == value.Mark)
            {
                value.MarkWritten(found.Stamp.WrittenAt);
            }
            else if (trace.Marks.Contains(mark) || (!isSameRun && IsTorn(bytes, kind, trace)))
            {
                // Of two files of one record the second is of a write that was cut short, or of a deletion.
                if (onDisk is null)
                {
                    onDisk = new StoredValue(mark, found.Stamp.WrittenAt);
                }
                else
                {
                    core.Files.Delete(path);
                }
            }
            else if (IsTorn(bytes, kind, trace))
            {
                // Nobody can tell a file cut off by hand from one whose bytes a failed sync has lost.
                SetAside(path, $"{core.Paths.Show(path)} held only the beginning of {Names.Show(key.ToString())}");
            }
            else if (trace.Boot == core.Files.BootId && trace.Boot != Guid.Empty)
            {
                Edits.Add(new HandEdit(key, value, found.ToValue(kind)));
            }
            else
            {
                SetAside(
                    path,
                    $"After a restart of the machine {core.Paths.Show(path)} held something that " +
                    $"{Names.Show(key.ToString())} never was");
            }
        }

        if (latest is null)
        {
            Dirty.Forget(new StoreRecord { Key = key, Revision = default, IsDeleted = true });
        }
        else
        {
            Dirty.Add(null, latest);
        }

        Dirty.Records[key].OnDisk = onDisk;
    }

    private static bool IsTorn(byte[] found, ValueKind kind, JournalTrace trace) => trace.Values.Exists(
        value => value.Mark.Kind == kind && ValueText.IsTorn(found, value.GetSpan()));

    private void SetAside(string path, string found)
    {
        hasSetAside = true;
        Quarantine.Take(
            core, path, Path.GetFileName(path),
            $"{found}; the journal's value was put back, and what was found was moved");
    }
}
