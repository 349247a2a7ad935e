namespace Undercroft.Jobs;

/// <summary>What the jobs of one queue and kind share, so that a move of one looks nothing up.</summary>
/// <param name="queue">The queue.</param>
/// <param name="kind">The kind.</param>
/// <param name="counts">How many jobs of the queue are in each state.</param>
internal sealed class JobHome(string queue, string kind, long[] counts)
{
    public long[] Counts { get; } = counts;

    public JobLine Ready { get; } = new();

    public bool IsOf(JobRow row) => row.Queue == queue && row.Kind == kind;
}
