using System.Diagnostics;
using Undercroft.Files.Disk;
using Undercroft.Files.Index;
using Undercroft.Files.Journal;
using Undercroft.Files.Opening;
using Undercroft.Files.State;
using Undercroft.Files.Tree;
using Undercroft.Files.Values;

namespace Undercroft.Files.Reading;

/// <summary>Follows, from another process or after the end, what a writer puts into index and journal. It takes no lock
/// and changes nothing.</summary>
internal sealed class Follower
{
    private const int LoadsMax = 20;
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(100);

    private readonly IFileSystem files;
    private readonly TreePaths paths;
    private readonly TimeSpan pause;
    private readonly Lock gate = new();
    private readonly ItemForm items = new();
    private readonly Queue<(long Segment, StoredValue Value)> pinned = new();
    private Head head;
    private long segment;
    private long position;
    private long lookedAt = Stopwatch.GetTimestamp();

    /// <summary>Reads a store.</summary>
    public Follower(IFileSystem files, FileStoreOptions options, TimeProvider time)
    {
        this.files = files;
        paths = new TreePaths(Path.GetFullPath(options.Directory));
        var interval = options.RescanInterval;
        pause = interval < PauseMax && interval > TimeSpan.Zero ? interval : PauseMax;
        StoreOpening.PrepareFolder(files, paths, options);
        var lanes = new LaneLimits(options.Limits.ReplaysKept, options.ReplayLanesMax, options.Limits.ReplaysKeptFor);
        Core = new StoreCore(files, paths, options, time, Load(lanes));
    }

    public StoreCore Core { get; }

    /// <summary>How far the follower may be behind.</summary>
    public TimeSpan Pause => pause;

    /// <summary>Catches up with the writer, if the last time is long enough ago.</summary>
    /// <param name="isForced">Whether to do so in any case.</param>
    public void Refresh(bool isForced = false)
    {
        if (!isForced && Stopwatch.GetElapsedTime(Volatile.Read(ref lookedAt)) < pause)
        {
            return;
        }

        lock (gate)
        {
            var before = Core.State;
            var after = CatchUp(before);
            if (!ReferenceEquals(before, after))
            {
                Core.Publish(after);
            }

            Volatile.Write(ref lookedAt, Stopwatch.GetTimestamp());
        }
    }

    private StoreState CatchUp(StoreState state)
    {
        try
        {
            if (Head.Read(files, paths) is { } now && now.Counter != head.Counter)
            {
                if (now.Epoch != head.Epoch)
                {
                    throw FileErrors.Refuse(
                        StoreErrorKind.Unavailable, paths.Root, "it has begun a new epoch",
                        "Close it and open it again.");
                }

                head = now;
                Unpin();
                if (segment < head.Segment && files.Stat(paths.Segment(segment)) is null)
                {
                    return Load(Core.Lanes);
                }
            }

            while (true)
            {
                // Only once the next segment has a commit is this one at its end: look for that first.
                var isOver = files.Stat(paths.Segment(segment + 1))?.Length > FrameHeader.Size;
                state = ReadOn(state);
                if (!isOver)
                {
                    return state;
                }

                segment++;
                position = FrameHeader.Size;
            }
        }
        catch (FileNotFoundException)
        {
            // The writer has made a checkpoint meanwhile.
            return Load(Core.Lanes);
        }
    }

    private StoreState ReadOn(StoreState state)
    {
        using var scan = FrameScan.Open(files, paths.Segment(segment), from: position);
        while (scan.Next() is { } payload)
        {
            foreach (var item in items.ReadAll(payload))
            {
                state = state.Replay(item, Core.Lanes);
                Pin(item, segment);
            }

            position = scan.Position;
        }

        return state;
    }

    private void Pin(JournalItem item, long number)
    {
        foreach (var write in item.Writes)
        {
            if (StoredValue.Of(write.After) is { } value)
            {
                pinned.Enqueue((number, value));
            }
        }
    }

    // What a checkpoint has behind it is in the files.
    private void Unpin()
    {
        while (pinned.TryPeek(out var oldest) && oldest.Segment < head.Segment)
        {
            var value = pinned.Dequeue().Value;
            value.MarkWritten(1);
            Core.Values.Cache.Settle(value);
        }
    }

    private StoreState Load(LaneLimits lanes)
    {
        for (var tries = 1; ; tries++)
        {
            var counter = HeadNow()?.Counter;
            try
            {
                var loaded = new StoreLoader(files, paths, lanes).Load(default);
                if (HeadNow()?.Counter == counter)
                {
                    return Take(loaded);
                }
            }
            catch (Exception error) when (error is FileNotFoundException or StoreException && tries < LoadsMax)
            {
                // A checkpoint of the writer may have come in between: then what was read is of two times.
            }

            if (tries == LoadsMax)
            {
                throw FileErrors.Refuse(
                    StoreErrorKind.Unavailable, paths.Root, "it changes faster than it can be read", "Retry later.");
            }
        }
    }

    private Head? HeadNow() => files.Stat(paths.Head) is null ? null : Head.Read(files, paths);

    private StoreState Take(LoadedStore loaded)
    {
        head = loaded.Head ?? throw FileErrors.Refuse(
            StoreErrorKind.Corrupt, paths.Root, "its index is lost",
            "Open it for writing once: that builds a new one.");

        // The writer makes a segment before it leaves the one before it: an empty one tells nothing of that one's end.
        var last = loaded.Journal.LastOrDefault(static one => one.End > FrameHeader.Size) ?? loaded.Journal[0];
        segment = last.Number;
        position = Math.Max(FrameHeader.Size, last.End);
        pinned.Clear();
        foreach (var key in loaded.Traces.Keys)
        {
            if (StoredValue.Of(loaded.State.Table.Find(key)) is { } value)
            {
                pinned.Enqueue((last.Number, value));
            }
        }

        return loaded.State;
    }
}
