namespace Undercroft.Jobs;

/// <summary>The places of one queue in this process: those where jobs run, and those where jobs wait that were claimed
/// ahead.</summary>
internal sealed class QueueSlots(string queue, JobQueueOptions options)
{
    private readonly Lock gate = new();
    private readonly Queue<LeasedJob> ahead = new();
    private readonly int concurrency = options.Concurrency;
    private readonly int prefetch = options.Prefetch;
    private int running;

    public string Queue => queue;

    /// <summary>How many jobs there is room for.</summary>
    public int Free
    {
        get
        {
            lock (gate)
            {
                return concurrency + prefetch - running - ahead.Count;
            }
        }
    }

    /// <summary>Takes a place for a job.</summary>
    /// <returns>Whether it is to be run now; else it waits.</returns>
    public bool TryBegin(LeasedJob job)
    {
        lock (gate)
        {
            if (running < concurrency)
            {
                running++;
                return true;
            }

            ahead.Enqueue(job);
            return false;
        }
    }

    /// <summary>Gives a place back.</summary>
    /// <returns>The job to run in it next; null where none waits.</returns>
    public LeasedJob? End()
    {
        lock (gate)
        {
            if (ahead.TryDequeue(out var next))
            {
                return next;
            }

            running--;
            return null;
        }
    }

    /// <summary>Takes away all jobs that wait.</summary>
    public IReadOnlyList<LeasedJob> TakeAhead()
    {
        lock (gate)
        {
            LeasedJob[] all = [.. ahead];
            ahead.Clear();
            return all;
        }
    }
}
