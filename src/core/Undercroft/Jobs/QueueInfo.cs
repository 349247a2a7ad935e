namespace Undercroft.Jobs;

/// <summary>How many jobs of a queue are in which state.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="IsPaused">Whether nobody may claim from it.</param>
/// <param name="Counts">How many jobs are in each state, by the number of the state.</param>
public sealed record QueueInfo(string Queue, bool IsPaused, IReadOnlyList<long> Counts)
{
    /// <summary>How many jobs are in a state.</summary>
    public long this[JobState state] => Counts[(int)state];
}
