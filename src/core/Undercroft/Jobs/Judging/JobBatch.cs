namespace Undercroft.Jobs;

/// <summary>The counts of a batch's cell.</summary>
internal static class JobBatch
{
    public const int Total = 0;
    public const int Pending = 1;
    public const int Succeeded = 2;
    public const int Dead = 3;
    public const int Cancelled = 4;

    /// <summary>How many of its jobs are still kept.</summary>
    public const int Kept = 5;

    public static void Begun(JobCell cell)
    {
        cell.Counts[Total]++;
        cell.Counts[Pending]++;
        cell.Counts[Kept]++;
    }

    public static void Ended(JobCell cell, JobState end)
    {
        cell.Counts[Pending]--;
        cell.Counts[CountOf(end)]++;
    }

    public static void Requeued(JobCell cell, JobState from)
    {
        cell.Counts[Pending]++;
        cell.Counts[CountOf(from)]--;
    }

    public static BatchInfo ToInfo(JobCell cell) => new(
        cell.Key, cell.Counts[Total], cell.Counts[Pending], cell.Counts[Succeeded], cell.Counts[Dead],
        cell.Counts[Cancelled]);

    private static int CountOf(JobState end) => end switch
    {
        JobState.Succeeded => Succeeded,
        JobState.Dead => Dead,
        _ => Cancelled,
    };
}
