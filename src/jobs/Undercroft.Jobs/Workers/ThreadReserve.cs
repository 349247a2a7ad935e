namespace Undercroft.Jobs;

/// <summary>The threads that the pool of the process begins with, so that handlers that block do not hold up the loops
/// of their worker.</summary>
internal static class ThreadReserve
{
    private const int ThreadsMax = 1000;

    /// <summary>Raises the pool's minimum to what a worker needs.</summary>
    /// <param name="runs">How many handlers may run at once.</param>
    public static void Raise(int runs)
    {
        var wanted = Math.Min(
            ThreadsMax, runs + Environment.ProcessorCount + Enum.GetValues<WorkerLoop>().Length);
        ThreadPool.GetMinThreads(out var threads, out var ports);
        if (threads < wanted)
        {
            _ = ThreadPool.SetMinThreads(wanted, ports);
        }
    }
}
