using Undercroft.Jobs;

namespace Undercroft.Redis.Jobs;

/// <summary>The rows of runs that were begun here, as they were stored then: who settles them need not read them first.
/// So many at most; the commit shows whether they have stayed what they were.</summary>
internal sealed class RunningRows
{
    private const int Max = 8192;

    // A long payload is read again: it costs more to keep than to read.
    private const int BytesMax = 4096;

    private readonly Lock gate = new();
    private readonly Dictionary<JobId, byte[]> rows = [];
    private readonly Queue<JobId> order = new();

    public byte[]? Find(JobId id)
    {
        lock (gate)
        {
            return rows.GetValueOrDefault(id);
        }
    }

    public void Take(JobChanges changes)
    {
        lock (gate)
        {
            foreach (var (id, row) in changes.Kept)
            {
                if (row is null || row.Length > BytesMax)
                {
                    _ = rows.Remove(id);
                    continue;
                }

                if (!rows.ContainsKey(id))
                {
                    order.Enqueue(id);
                }

                rows[id] = row;
            }

            while (order.Count > Max)
            {
                _ = rows.Remove(order.Dequeue());
            }
        }
    }

    public void Forget(JobId id)
    {
        lock (gate)
        {
            _ = rows.Remove(id);
        }
    }
}
