using Undercroft.Files.Disk;
using Undercroft.Files.State;
using Undercroft.Files.Tree;
using Undercroft.Files.Values;

namespace Undercroft.Files.Opening;

/// <summary>Empties the folder for files on their way, where a process that was killed may have left some.</summary>
/// <remarks>It was killed before its checkpoint, so the journal knows all of them: what they hold, or the beginning of
/// it. What it does not know is an edit by hand that was swapped out in the very moment of the kill.</remarks>
internal sealed class TempSweep(StoreCore core, LoadedStore loaded)
{
    public void Run()
    {
        foreach (var item in core.Files.List(core.Paths.Temp))
        {
            var path = Path.Combine(core.Paths.Temp, item.Name);
            if (item.Stamp.Kind == FileKind.Directory)
            {
                core.Files.DeleteDirectory(path);
            }
            else if (path == core.Paths.TempClock || item.Stamp.Kind != FileKind.File || IsKnown(path))
            {
                core.Files.Delete(path);
            }
            else
            {
                Quarantine.Take(
                    core, path, item.Name,
                    "A file was saved by hand in the moment in which the process that had the store open was killed");
            }
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
