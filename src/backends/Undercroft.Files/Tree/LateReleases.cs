namespace Undercroft.Files.Tree;

/// <summary>Gives back what deleted files held, on threads of its own: the disk takes several at once, and the tree has
/// better things to do. Threads are there only while there is work; a bounded number of files waits.</summary>
internal sealed class LateReleases
{
    // A thread is worth starting for so many.
    private const int Together = 16;
    private const int ThreadsMax = 4;
    private const int WaitingMax = 8;

    private readonly object gate = new();
    private readonly Queue<List<IDisposable>> waiting = new();
    private List<IDisposable> gathering = [];
    private int threads;

    /// <summary>Takes a file over; waits while too many wait already. One thread calls.</summary>
    public void Add(IDisposable? held)
    {
        if (held is null)
        {
            return;
        }

        gathering.Add(held);
        if (gathering.Count >= Together)
        {
            HandOver();
        }
    }

    /// <summary>Returns when nothing is held any more.</summary>
    public void Finish()
    {
        LetGo(gathering);
        gathering.Clear();
        while (Next() is { } some)
        {
            LetGo(some);
        }

        lock (gate)
        {
            while (threads > 0)
            {
                _ = Monitor.Wait(gate);
            }
        }
    }

    private void HandOver()
    {
        lock (gate)
        {
            while (waiting.Count >= WaitingMax && threads > 0)
            {
                _ = Monitor.Wait(gate);
            }

            waiting.Enqueue(gathering);
            gathering = [];
            if (threads < ThreadsMax)
            {
                new Thread(Run) { IsBackground = true, Name = "undercroft files release" }.Start();
                threads++;
            }
        }
    }

    private void Run()
    {
        while (Take() is { } some)
        {
            LetGo(some);
        }
    }

    private static void LetGo(List<IDisposable> some) => some.ForEach(static held => held.Dispose());

    private List<IDisposable>? Next()
    {
        lock (gate)
        {
            return waiting.TryDequeue(out var next) ? next : null;
        }
    }

    // A thread that finds nothing ends.
    private List<IDisposable>? Take()
    {
        lock (gate)
        {
            var some = waiting.TryDequeue(out var next) ? next : null;
            threads -= some is null ? 1 : 0;
            Monitor.PulseAll(gate);
            return some;
        }
    }
}
