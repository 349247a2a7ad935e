using System.Diagnostics;
using Undercroft.Files.Disk;
using Undercroft.Files.Index;
using Undercroft.Files.Journal;
using Undercroft.Files.State;
using Undercroft.Files.Writing;

namespace Undercroft.Files.Tree;

/// <summary>The thread that brings commits from the journal into the tree. From time to time it makes a checkpoint: it
/// syncs the tree and writes the index; when that ends, the journal before it is no longer needed.</summary>
internal sealed class TreeWorker : IDisposable
{
    // Up to here each file is synced by itself; beyond, the whole file system once, where it can.
    private const int SyncedOneByOneMax = 8;
    private const int RoundsMax = 20;

    // Syncing the tree is dear, so under load many commits share it; but each of them is read again after a crash.
    private const long CheckpointBytes = 64 * 1024 * 1024;
    private const long ReleasedTogether = 32 * 1024;

    private readonly StoreCore core;
    private readonly WriteQueue queue;
    private readonly CommitWriter writer;
    private readonly IndexLog index;
    private readonly TreeFiles tree;
    private readonly HandEdits edits;
    private readonly Thread thread;
    private readonly object gate = new();
    private readonly Queue<TreeErrand> errands = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Head head;
    private DirtySet applied = new();
    private bool hasUnsynced;
    private long lastSegment;
    private long news;
    private bool isClosed;
    private bool isResting;
    private bool isCrowded;

    public TreeWorker(
        StoreCore core,
        WriteQueue queue,
        CommitWriter writer,
        IndexLog index,
        HandEdits edits,
        Head head,
        long lastSegment)
    {
        this.core = core;
        this.queue = queue;
        this.writer = writer;
        this.index = index;
        this.edits = edits;
        this.head = head;
        this.lastSegment = lastSegment;
        tree = new TreeFiles(core);
        thread = new Thread(Run) { IsBackground = true, Name = "undercroft files tree" };
    }

    public void Start() => thread.Start();

    private bool HasWork => writer.HasDirty || !applied.IsEmpty;

    /// <summary>Tells that there is something to bring into the tree.</summary>
    /// <remarks>While commits pour in this costs next to nothing: the thread is woken only from its rest, or where the
    /// journal is half full.</remarks>
    public void Wake()
    {
        _ = Interlocked.Increment(ref news);
        if (!Volatile.Read(ref isResting) && queue.Backlog < core.Options.JournalBytesMax / 2)
        {
            return;
        }

        lock (gate)
        {
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Has something done between two runs, when the tree is still.</summary>
    public async Task<T> AskAsync<T>(Func<TreeWorker, T> work, CancellationToken cancellationToken)
    {
        var errand = new TreeErrand<T>(work, cancellationToken);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isClosed, typeof(FileStore));
            errands.Enqueue(errand);
            Monitor.PulseAll(gate);
        }

        return await errand.Done.ConfigureAwait(false);
    }

    /// <summary>Ends after a last run.</summary>
    public Task CloseAsync()
    {
        lock (gate)
        {
            isClosed = true;
            Monitor.PulseAll(gate);
        }

        return ended.Task;
    }

    public void Dispose() => index.Dispose();

    /// <summary>Makes a checkpoint. Only on this worker's own thread.</summary>
    /// <param name="rewrites">Whether the index is written anew even if there is nothing new.</param>
    public void Checkpoint(bool rewrites = false)
    {
        core.ThrowIfFailed();
        try
        {
            Cut(rewrites);
        }
        catch (SyncFailedException error)
        {
            // Whatever could be tried again, a sync cannot.
            core.Fail(error);
            throw;
        }
    }

    private void Cut(bool rewrites)
    {
        var needsSegment = writer.NeedsNewSegment();
        if (!needsSegment && !HasWork && !rewrites)
        {
            return;
        }

        // A commit that has come since the question needs a segment after all.
        var (dirty, state, segment) = (needsSegment ? null : writer.Cut(null)) ?? CutToNewSegment();
        Apply(dirty, isLast: true);
        tree.Sync(hasUnsynced);
        hasUnsynced = false;
        Save(state, segment, rewrites);
        RemoveOld(segment);
    }

    private (DirtySet Dirty, StoreState State, long Segment) CutToNewSegment()
    {
        // The number is used up only once commits may go there: the journal must have no gap.
        var number = lastSegment + 1;
        var next = FrameFile.Create(core.Files, core.Paths.Segment(number), isJournal: true, number, head.Epoch);
        try
        {
            var cut = writer.Cut(next)!.Value;
            lastSegment = number;
            return cut;
        }
        catch
        {
            next.Dispose();
            throw;
        }
    }

    private void Apply(DirtySet dirty, bool isLast)
    {
        try
        {
            Write(dirty, isLast);
            applied.Merge(dirty);
        }
        catch
        {
            writer.Return(dirty);
            throw;
        }
    }

    private void Write(DirtySet dirty, bool isLast)
    {
        var isAlone = isLast && !hasUnsynced && dirty.Records.Count <= SyncedOneByOneMax;
        var syncs = isAlone || !core.Files.CanSyncAll;
        hasUnsynced |= !syncs;
        var found = new List<HandEdit>();
        var applied = 0L;
        tree.Begin(dirty);
        try
        {
            foreach (var record in dirty.Records.Values)
            {
                if (tree.Apply(record, syncs) is { } edit)
                {
                    found.Add(edit);
                }

                applied += record.Bytes;
                record.Bytes = 0;
                if (applied >= ReleasedTogether)
                {
                    queue.Shrink(applied);
                    applied = 0;
                }
            }
        }
        finally
        {
            queue.Shrink(applied);
        }

        // Nobody waits: the writer may itself be waiting for this run. They come with the next one.
        edits.Submit(found);
    }

    private void Save(StoreState state, long segment, bool rewrites)
    {
        if (rewrites || index.IsStale)
        {
            index.Rewrite(state);
        }
        else
        {
            index.Append(applied, state);
        }

        var saved = head with
        {
            Counter = head.Counter + 1,
            Index = index.Number,
            IndexLength = index.Length,
            Segment = segment,
        };
        saved.Save(core.Files, core.Paths);
        head = saved;
        applied = new DirtySet();
    }

    private void RemoveOld(long segment)
    {
        foreach (var item in core.Files.List(core.Paths.Inner))
        {
            var isOld = TreePaths.SegmentNumber(item.Name) is var number and >= 0 && number < segment;
            var isStale = TreePaths.IndexNumber(item.Name) is var old and >= 0 && old != index.Number;
            if (isOld || isStale)
            {
                core.Files.Delete(Path.Combine(core.Paths.Inner, item.Name));
            }
        }
    }

    private void Run()
    {
        try
        {
            while (Wait(out var errand))
            {
                if (errand is not null)
                {
                    errand.Do(this);
                }
                else if (HasWork)
                {
                    TryGoOn();
                }

                edits.LookIfDue();
            }

            TryGoOn();
        }
        finally
        {
            lock (gate)
            {
                while (errands.TryDequeue(out var left))
                {
                    left.Fail(new ObjectDisposedException(nameof(FileStore)));
                }
            }

            ended.SetResult();
        }
    }

    private void TryGoOn()
    {
        try
        {
            // Under load the tree is only kept up; its sync comes when there is enough to share it, or a pause.
            if (isCrowded && !isClosed && writer.JournalBytes < CheckpointBytes)
            {
                core.ThrowIfFailed();
                Apply(writer.Take(), isLast: false);
            }
            else
            {
                Checkpoint();
            }

            queue.SetTreeError(null);
        }
        catch (Exception error)
        {
            if (error is SyncFailedException)
            {
                core.Fail(error);
            }

            var translated = core.Translate(error, "bring its commits into the tree");
            queue.SetTreeError(translated);
            core.Notices.Add(translated.Message);
            tree.GiveBack();
            WaitForBetterTimes();
        }
    }

    // The journal keeps everything meanwhile. Trying again at once would only keep the disk busy.
    private void WaitForBetterTimes()
    {
        var until = Stopwatch.GetTimestamp() + Stopwatch.Frequency;
        lock (gate)
        {
            while (!isClosed && errands.Count == 0 && Stopwatch.GetTimestamp() < until)
            {
                _ = Monitor.Wait(gate, TimeSpan.FromMilliseconds(100));
            }
        }
    }

    /// <summary>Waits for an errand, or for the moment to make a checkpoint: when commits pause, when half the journal
    /// is full, or when they have waited long enough.</summary>
    /// <returns>False at the end.</returns>
    private bool Wait(out TreeErrand? errand)
    {
        lock (gate)
        {
            for (var rounds = 0; ; )
            {
                if (errands.TryDequeue(out errand))
                {
                    return true;
                }

                if (isClosed)
                {
                    return false;
                }

                var seen = Volatile.Read(ref news);
                var isWaiting = HasWork && !core.HasFailed;
                isCrowded = queue.Backlog >= core.Options.JournalBytesMax / 2;
                if (isWaiting && (rounds >= RoundsMax || isCrowded))
                {
                    return true;
                }

                var isTimeUp = isWaiting ? !Pause(core.Options.TreeDelay) : !Rest();
                if (isTimeUp && (!isWaiting || Volatile.Read(ref news) == seen))
                {
                    return true;
                }

                rounds += isWaiting ? 1 : 0;
            }
        }
    }

    /// <summary>Waits for the first commit after a rest, or for the next look at the tree.</summary>
    /// <returns>False where it is time for that.</returns>
    private bool Rest()
    {
        Volatile.Write(ref isResting, true);
        Interlocked.MemoryBarrier();
        try
        {
            // A commit between the last question and this one has not seen that anybody rests.
            return (HasWork && !core.HasFailed) || Monitor.Wait(gate, edits.UntilDue());
        }
        finally
        {
            Volatile.Write(ref isResting, false);
        }
    }

    /// <summary>Lets commits gather.</summary>
    /// <returns>False where the time went by.</returns>
    private bool Pause(TimeSpan pause)
    {
        var until = Stopwatch.GetTimestamp() + (long)(pause.TotalSeconds * Stopwatch.Frequency);
        while (!isClosed && errands.Count == 0 && queue.Backlog < core.Options.JournalBytesMax / 2)
        {
            var rest = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), until);
            if (rest <= TimeSpan.Zero)
            {
                return false;
            }

            _ = Monitor.Wait(gate, rest);
        }

        return true;
    }
}
