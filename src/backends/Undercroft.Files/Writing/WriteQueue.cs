namespace Undercroft.Files.Writing;

/// <summary>Where requests wait for the writer, and where the writer waits for room in the journal.</summary>
/// <param name="groupMax">The most requests of one group.</param>
/// <param name="queueMax">The most commits that wait here; others wait to be let in.</param>
/// <param name="bytesMax">How many bytes may wait for the tree.</param>
internal sealed class WriteQueue(int groupMax, int queueMax, long bytesMax) : IDisposable
{
    // One group is one frame: what waits longer than this takes to write goes into the next.
    private const long GroupBytesMax = 8 * 1024 * 1024;

    private readonly object gate = new();
    private readonly Queue<WriteRequest> errands = new();
    private readonly Queue<WriteRequest> commits = new();
    private readonly SemaphoreSlim places = new(queueMax);
    private bool isClosed;
    private long backlog;
    private Exception? treeError;
    private Exception? failure;

    /// <summary>The bytes that wait for the tree.</summary>
    public long Backlog => Volatile.Read(ref backlog);

    /// <summary>Adds a request, once there is a place for it.</summary>
    /// <exception cref="ObjectDisposedException">The queue is closed.</exception>
    public async ValueTask AddAsync(WriteRequest request, CancellationToken cancellationToken)
    {
        await places.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (!TryAdd(request))
        {
            _ = places.Release();
            throw new ObjectDisposedException(nameof(FileStore));
        }
    }

    /// <summary>Adds a request that needs no place.</summary>
    /// <returns>False where the queue is closed.</returns>
    public bool TryAdd(WriteRequest request)
    {
        lock (gate)
        {
            if (isClosed)
            {
                return false;
            }

            (request.IsErrand ? errands : commits).Enqueue(request);
            Monitor.PulseAll(gate);
            return true;
        }
    }

    /// <summary>Waits for requests.</summary>
    /// <param name="group">What to write together.</param>
    /// <param name="refusal">Why commits cannot be taken: the store has failed, or the tree fails and the journal is
    /// full; else null.</param>
    /// <returns>False once the queue is closed and empty.</returns>
    public bool Take(List<WriteRequest> group, out Exception? refusal)
    {
        group.Clear();
        lock (gate)
        {
            while (true)
            {
                var hasRoom = backlog < bytesMax;
                refusal = failure ?? (hasRoom ? null : treeError);
                if (errands.Count > 0 || (commits.Count > 0 && (hasRoom || refusal is not null)))
                {
                    Fill(group, errands.Count > 0 ? errands : commits);
                    refusal = group[0].IsErrand ? null : refusal;
                    _ = group[0].IsErrand ? 0 : places.Release(group.Count);
                    return true;
                }

                if (isClosed && commits.Count == 0)
                {
                    return false;
                }

                _ = Monitor.Wait(gate);
            }
        }
    }

    /// <summary>Counts what a group has added to the backlog.</summary>
    public void Grow(long bytes) => Interlocked.Add(ref backlog, bytes);

    /// <summary>Takes from the backlog what the tree has now.</summary>
    public void Shrink(long bytes)
    {
        lock (gate)
        {
            _ = Interlocked.Add(ref backlog, -bytes);
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Notes whether the tree can be written.</summary>
    public void SetTreeError(Exception? error)
    {
        lock (gate)
        {
            treeError = error;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Refuses all commits from here on; those that wait for room would wait forever.</summary>
    public void Refuse(Exception reason)
    {
        lock (gate)
        {
            failure = reason;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Takes no further requests; those that wait are still written.</summary>
    public void Close()
    {
        lock (gate)
        {
            isClosed = true;
            Monitor.PulseAll(gate);
        }
    }

    public void Dispose() => places.Dispose();

    private void Fill(List<WriteRequest> group, Queue<WriteRequest> from)
    {
        for (var bytes = 0L; group.Count < groupMax && from.TryPeek(out var next); bytes += next.Bytes)
        {
            if (group.Count > 0 && bytes + next.Bytes > GroupBytesMax)
            {
                return;
            }

            group.Add(from.Dequeue());
        }
    }
}
