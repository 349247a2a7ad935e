using Undercroft.Jobs;

namespace Undercroft.Redis.Jobs;

/// <summary>The rows of runs that were begun here, as they were stored then: who settles them need not read them first.
/// So many at most; the commit shows whether they have stayed what they were.</summary>
internal sealed class RunningRows
{
    private const int Max = 8192;

    // What is long is read again: it costs more to keep than to read.
    private const int PayloadBytesMax = 4096;

    private readonly Lock gate = new();
    private readonly Dictionary<JobId, JobStored> rows = [];
    private readonly Queue<JobId> order = new();

    /// <summary>Takes a row out: it is the caller's, to change.</summary>
    public JobStored Take(JobId id)
    {
        lock (gate)
        {
            return rows.Remove(id, out var row) ? row : default;
        }
    }

    /// <summary>Keeps the rows that a commit has made run; from then on they are not the caller's.</summary>
    public void Keep(JobChanges changes)
    {
        lock (gate)
        {
            foreach (var entry in changes.Rows)
            {
                if (entry is { IsChanged: true, Row: { State: JobState.Running } row } && IsShort(row))
                {
                    rows[entry.Id] = new JobStored(changes.Version, default, row);
                    order.Enqueue(entry.Id);
                }
            }

            while (order.Count > Max)
            {
                _ = rows.Remove(order.Dequeue());
            }
        }
    }

    private static bool IsShort(JobRow row) => row.Payload.Length <= PayloadBytesMax &&
        row.Extra is null or { Steps: null, Errors: null, Dependents: null };
}
