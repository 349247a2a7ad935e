using System.Globalization;
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
/// or nothing, or a torn write, is written again. Anything else came from somebody else: in the same run of the
/// operating system it is an edit made by hand, and wins as a commit of its own; in another one it may be what a power
/// cut has made of the file, so the journal wins, and what was found is put aside.
/// </remarks>
internal sealed class Reconciliation(StoreCore core, LoadedStore loaded)
{
    private readonly List<string> setAside = [];

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
        if (setAside.Count > 0)
        {
            core.Files.SyncDirectory(core.Paths.Quarantine);
            core.Files.SyncDirectory(core.Paths.Inner);
        }
    }

    private void Check(RecordKey key, JournalTrace trace)
    {
        // A tombstone that was forgotten since still has to leave the tree and the index.
        var latest = loaded.State.Table.Find(key);
        var value = StoredValue.Of(latest);
        StoredValue? onDisk = null;
        foreach (var kind in (ReadOnlySpan<ValueKind>)[ValueKind.Json, ValueKind.Binary])
        {
            var path = core.Paths.FileOf(key, kind);
            if (core.Files.Stat(path) is not { } stamp || ValueReader.ReadFile(core.Files, path) is not { } found)
            {
                continue;
            }

            var mark = new FileMark(kind, ValueText.HashOf(found), found.Length);
            if (value is not null && mark == value.Mark)
            {
                value.MarkWritten(stamp.WrittenAt);
            }
            else if (onDisk is null && (trace.Marks.Contains(mark) || IsTorn(found, kind, value)))
            {
                onDisk = new StoredValue(mark, stamp.WrittenAt);
            }
            else if (trace.Marks.Contains(mark))
            {
                core.Files.Delete(path);
            }
            else if (trace.Boot == core.Files.BootId && trace.Boot != Guid.Empty)
            {
                var edited = new StoredValue(found, kind);
                edited.MarkWritten(stamp.WrittenAt);
                Edits.Add(new HandEdit(key, value, edited));
            }
            else
            {
                SetAside(key, path, found);
                onDisk ??= new StoredValue(mark, stamp.WrittenAt);
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

    private static bool IsTorn(byte[] found, ValueKind kind, StoredValue? value) =>
        value?.Mark.Kind == kind && value.TryGet() is { } written && ValueText.IsTorn(found, written);

    private void SetAside(RecordKey key, string path, byte[] found)
    {
        core.Files.CreateDirectory(core.Paths.Quarantine);
        var hash = ValueText.HashOf(found).ToString("x32", CultureInfo.InvariantCulture);
        var aside = Path.Combine(core.Paths.Quarantine, $"{hash[..16]}-{Path.GetFileName(path)}");
        using (var file = core.Files.Open(aside, OpenKind.Replace))
        {
            file.Write(found, 0);
            file.Sync();
        }

        setAside.Add(aside);
        core.Notices.Add(
            $"After a restart of the machine {core.Paths.Show(path)} held something that " +
            $"{Names.Show(key.ToString())} never was; the journal's value was put back, and what was found is kept " +
            $"as {core.Paths.Show(aside)}.");
    }
}
