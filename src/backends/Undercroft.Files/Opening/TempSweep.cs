using Undercroft.Files.Disk;
using Undercroft.Files.State;
using Undercroft.Files.Tree;
using Undercroft.Files.Values;

namespace Undercroft.Files.Opening;

/// <summary>Takes away files on their way, of which a process that was killed may have left some.</summary>
/// <remarks>It was killed before its checkpoint, so the journal knows all of them: what they hold, or the beginning of
/// it. What it does not know is an edit by hand that was swapped out in the very moment of the kill.</remarks>
internal sealed class TempSweep(StoreCore core, LoadedStore loaded)
{
    public void Run()
    {
        core.Files.DeleteDirectory(core.Paths.Temp);
        core.Files.CreateDirectory(core.Paths.Temp);
        foreach (var item in core.Files.List(core.Paths.Root))
        {
            if (item.Stamp.Kind == FileKind.Directory && !item.Name.StartsWith('.'))
            {
                Sweep(Path.Combine(core.Paths.Root, item.Name, TreePaths.NextName));
                Sweep(Path.Combine(core.Paths.Root, item.Name, TreePaths.OldName));
            }
        }
    }

    private void Sweep(string path)
    {
        if (core.Files.Stat(path) is not { } stamp)
        {
            return;
        }

        if (stamp.Kind == FileKind.File && IsKnown(path))
        {
            core.Files.Delete(path);
        }
        else
        {
            Quarantine.Take(
                core, path, Path.GetFileName(path).TrimStart('.'),
                "A file was saved by hand in the moment in which the process that had the store open was killed");
        }
    }

    private bool IsKnown(string path)
    {
        // After a power cut files come back that were deleted, and hold what they like.
        var isSameRun = loaded.Journal.Count > 0 && loaded.Traces.Values.Any(
            trace => trace.Boot == core.Files.BootId || trace.Boot == Guid.Empty);
        return !isSameRun || core.Look.At(path) is not { Bytes: { } bytes } || IsOfJournal(bytes);
    }

    private bool IsOfJournal(byte[] bytes)
    {
        var hash = ValueText.HashOf(bytes);
        return loaded.Traces.Values.Any(trace =>
            trace.Marks.Exists(mark => mark.Kind != ValueKind.None && mark.Hash == hash) ||
            trace.Values.Exists(value => ValueText.IsTorn(bytes, value.GetSpan())));
    }
}
