using Undercroft.Files.Disk;
using Undercroft.Files.State;
using Undercroft.Files.Values;
using Undercroft.Files.Writing;

namespace Undercroft.Files.Tree;

/// <summary>Notices what people do to the files, and has it committed.</summary>
internal sealed class HandEdits(StoreCore core, WriteQueue queue)
{
    // The looks cost at most a twentieth of the time.
    private const int RestFactor = 20;

    private long lastLook = core.Time.GetTimestamp();
    private TimeSpan lastTook;
    private CommitWriter? writer;

    /// <summary>Says whose dirty set tells what the tree is still waiting for.</summary>
    public void Attach(CommitWriter attached) => writer = attached;

    /// <summary>How long until the next look is due.</summary>
    public TimeSpan UntilDue()
    {
        var interval = core.Options.RescanInterval;
        if (interval == Timeout.InfiniteTimeSpan)
        {
            return interval;
        }

        var pause = lastTook * RestFactor > interval ? lastTook * RestFactor : interval;
        var rest = pause - core.Time.GetElapsedTime(lastLook);
        return rest > TimeSpan.FromMilliseconds(1) ? rest : TimeSpan.FromMilliseconds(1);
    }

    /// <summary>Looks through the tree if it is time. Only on the tree's thread.</summary>
    public void LookIfDue()
    {
        if (core.Options.RescanInterval == Timeout.InfiniteTimeSpan || core.HasFailed ||
            UntilDue() > TimeSpan.FromMilliseconds(1))
        {
            return;
        }

        try
        {
            Submit(Look(acceptsDeletions: false).Edits);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            core.Notices.Add(core.Translate(error, "look through its tree").Message);
        }
    }

    /// <summary>Looks through the tree. Only on the tree's thread, or before it runs.</summary>
    public TreeLook Look(bool acceptsDeletions)
    {
        var began = core.Time.GetTimestamp();
        try
        {
            return new TreeWalk(core, key => writer?.IsDirty(key) == true).Run(acceptsDeletions);
        }
        finally
        {
            lastLook = core.Time.GetTimestamp();
            lastTook = core.Time.GetElapsedTime(began, lastLook);
        }
    }

    /// <summary>Has edits committed, without waiting for it.</summary>
    public void Submit(IReadOnlyList<HandEdit> edits)
    {
        if (edits.Count > 0)
        {
            // What does not get in now is found again by the next look.
            _ = queue.TryAdd(new EditRequest(edits, core.Options.DefaultDurability));
        }
    }

    /// <summary>Has edits committed.</summary>
    /// <returns>How many were taken.</returns>
    public async Task<int> SubmitAsync(IReadOnlyList<HandEdit> edits)
    {
        if (edits.Count == 0)
        {
            return 0;
        }

        var request = new EditRequest(edits, core.Options.DefaultDurability);
        ObjectDisposedException.ThrowIf(!queue.TryAdd(request), typeof(FileStore));
        return await request.Done.ConfigureAwait(false);
    }

    /// <summary>Looks at one file that did not hold what it should.</summary>
    /// <returns>The edit found; null where the file is right after all, or its record was written meanwhile.</returns>
    /// <exception cref="StoreException">The file is damaged: it changed without having been written.</exception>
    public HandEdit? LookAt(RecordKey key, StoredValue value)
    {
        var path = core.Paths.FileOf(key, value.Mark.Kind);
        if (value.IsPending || core.Look.At(path) is not { } found)
        {
            return null;
        }

        if (found.Bytes is null)
        {
            throw FileErrors.BadValue(
                core.Paths, key, path, "is no file any more, or one too large to be a value", "Put it right.");
        }

        if (found.MarkAs(value.Mark.Kind) == value.Mark)
        {
            return null;
        }

        if (found.Stamp == new FileStamp(value.Mark.Length, value.WrittenAt) &&
            ReferenceEquals(StoredValue.Of(core.State.Table.Find(key)), value))
        {
            throw FileErrors.BadValue(
                core.Paths, key, path, "differs from what was written, though its size and time have not changed",
                "Restore it from a backup, or save it again by hand to accept it.");
        }

        return new HandEdit(key, value, found.ToValue(value.Mark.Kind));
    }
}
