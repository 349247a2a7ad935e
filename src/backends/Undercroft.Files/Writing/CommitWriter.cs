using System.Buffers.Binary;
using System.Security.Cryptography;
using Undercroft.Backends;
using Undercroft.Files.Disk;
using Undercroft.Files.Journal;
using Undercroft.Files.State;
using Undercroft.Files.Values;

namespace Undercroft.Files.Writing;

/// <summary>The one thread that writes the journal. What waits together shares one append and one sync; nobody is told
/// of success, and no reader sees a commit, before the journal has it.</summary>
internal sealed class CommitWriter : IDisposable
{
    // Commits of level Memory wait in memory for company, up to so much.
    private const int LazyBytesMax = 1024 * 1024;

    private readonly StoreCore core;
    private readonly WriteQueue queue;
    private readonly WriteTurn turn;
    private readonly Action wakeTree;
    private readonly Thread thread;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Held while a group is written and published, so that a checkpoint sees journal, state and dirty set agree.
    private readonly Lock gate = new();
    private readonly FrameBuffer buffer = new();
    private FrameFile journal;
    private DirtySet dirty;
    private bool hasDirty;

    public CommitWriter(StoreCore core, WriteQueue queue, FrameFile journal, DirtySet dirty, Action wakeTree)
    {
        this.core = core;
        this.queue = queue;
        this.journal = journal;
        this.dirty = dirty;
        this.wakeTree = wakeTree;
        hasDirty = !dirty.IsEmpty;
        var salt = BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(long)));
        turn = new WriteTurn(core, salt);
        thread = new Thread(Run) { IsBackground = true, Name = "undercroft files writer" };
    }

    /// <summary>Ends when the last request is written.</summary>
    public Task Ended => ended.Task;

    public void Start() => thread.Start();

    /// <summary>Whether a record was written and is not in the tree yet.</summary>
    public bool IsDirty(RecordKey key)
    {
        lock (gate)
        {
            return dirty.Records.ContainsKey(key);
        }
    }

    /// <summary>Whether there is something to put into the tree.</summary>
    public bool HasDirty => Volatile.Read(ref hasDirty);

    /// <summary>Whether the journal holds commits that a checkpoint would set free.</summary>
    public bool NeedsNewSegment()
    {
        lock (gate)
        {
            return journal.HasFrames || buffer.Length > 0;
        }
    }

    /// <summary>The bytes of the journal that no checkpoint has behind it.</summary>
    public long JournalBytes
    {
        get
        {
            lock (gate)
            {
                return journal.Length;
            }
        }
    }

    /// <summary>Takes what is to be brought into the tree: it is in the journal, on the disk.</summary>
    public DirtySet Take()
    {
        lock (gate)
        {
            AppendBuffer();
            Sync(journal.Sync);
            return TakeDirty();
        }
    }

    /// <summary>Takes the same, and cuts the journal: all commits so far are in earlier segments.</summary>
    /// <param name="next">The segment to go on with; null goes on with this one, while it has no frames.</param>
    /// <returns>Null where a commit has come and this segment cannot be gone on with: then nothing was cut.</returns>
    public (DirtySet Dirty, StoreState State, long Segment)? Cut(FrameFile? next)
    {
        lock (gate)
        {
            if (next is null && (journal.HasFrames || buffer.Length > 0))
            {
                return null;
            }

            if (next is not null)
            {
                AppendBuffer();
                Sync(journal.End);
                journal.Dispose();
                journal = next;
            }

            return (TakeDirty(), core.State, journal.Number);
        }
    }

    /// <summary>Takes back what a checkpoint could not bring into the tree.</summary>
    public void Return(DirtySet failed)
    {
        lock (gate)
        {
            dirty.Return(failed);
            Volatile.Write(ref hasDirty, !dirty.IsEmpty);
        }
    }

    /// <summary>Appends what only memory has, for the end of the store.</summary>
    public void Flush()
    {
        lock (gate)
        {
            AppendBuffer();
        }
    }

    public void Dispose() => journal.Dispose();

    private DirtySet TakeDirty()
    {
        var taken = dirty;
        dirty = new DirtySet();
        Volatile.Write(ref hasDirty, false);
        return taken;
    }

    private void Run()
    {
        var group = new List<WriteRequest>();
        try
        {
            while (queue.Take(group, out var refusal))
            {
                if (refusal is null)
                {
                    Write(group);
                }
                else
                {
                    group.ForEach(request => request.Fail(refusal));
                }
            }
        }
        finally
        {
            ended.SetResult();
        }
    }

    private void Write(List<WriteRequest> group)
    {
        var verdicts = new Exception?[group.Count];
        Exception? failure = null;
        lock (gate)
        {
            var kept = buffer.Length;
            try
            {
                core.ThrowIfFailed();
                var (state, steps, level) = Judge(group, verdicts);
                Journal(level);
                Publish(state, steps);
            }
            catch (Exception error)
            {
                // Earlier commits of level Memory stay in the buffer: they were acknowledged.
                buffer.Cut(Math.Min(kept, buffer.Length));
                failure = core.Translate(error, "write its journal");
            }
        }

        wakeTree();
        for (var i = 0; i < verdicts.Length; i++)
        {
            if ((failure ?? verdicts[i]) is { } error)
            {
                group[i].Fail(error);
            }
            else
            {
                group[i].Succeed();
            }
        }
    }

    private (StoreState State, List<WriteStep> Steps, Durability Level) Judge(
        List<WriteRequest> group, Exception?[] verdicts)
    {
        var state = core.State;
        var steps = new List<WriteStep>(group.Count);
        var level = Durability.Memory;
        for (var i = 0; i < verdicts.Length; i++)
        {
            var begun = buffer.Length;
            try
            {
                if (group[i].Judge(state, turn) is { } step)
                {
                    ItemForm.Write(buffer, step.Item);
                    state = state.With(step.Item, step.Writes, core.Lanes);
                    steps.Add(step);
                }

                // A retry or a lost condition tells of commits before it: it waits for them to be as safe.
                level = group[i].Level > level ? group[i].Level : level;
            }
            catch (Exception error)
            {
                // Half of an item in the journal would make all of it unreadable.
                buffer.Cut(begun);
                verdicts[i] = core.Translate(error, "judge a commit");
            }
        }

        return (state, steps, level);
    }

    private void Journal(Durability level)
    {
        if (level != Durability.Memory || buffer.Length > LazyBytesMax)
        {
            AppendBuffer();
        }

        if (level == Durability.Disk)
        {
            Sync(journal.Sync);
        }
    }

    private void AppendBuffer()
    {
        if (buffer.Length == 0)
        {
            return;
        }

        journal.Append(buffer);
        buffer.Cut(0);
    }

    private void Sync(Action sync)
    {
        try
        {
            sync();
        }
        catch (SyncFailedException error)
        {
            // After a failed sync the system may say yes to the next one without having written: never ask again.
            core.Fail(error);
            throw;
        }
    }

    private void Publish(StoreState state, List<WriteStep> steps)
    {
        if (steps.Count == 0)
        {
            return;
        }

        var bytes = 0L;
        foreach (var step in steps)
        {
            foreach (var write in step.Writes)
            {
                dirty.Add(write.Before, write.After, step.Leftovers?.GetValueOrDefault(write.After.Key));
                bytes += DirtySet.CostOf(write.After);
            }

            foreach (var key in step.Item.Forgotten)
            {
                dirty.Forget(new StoreRecord { Key = key, Revision = default, IsDeleted = true });
            }
        }

        dirty.HasFacts = true;
        queue.Grow(bytes);
        core.Publish(state);
        _ = Interlocked.Exchange(ref hasDirty, true);
    }
}
