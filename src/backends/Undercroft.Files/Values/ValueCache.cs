namespace Undercroft.Files.Values;

/// <summary>Keeps the bytes of values that were written or read lately, up to a number of bytes. What was used again
/// since it came in gets a second round.</summary>
internal sealed class ValueCache(long bytesMax)
{
    private readonly Lock gate = new();
    private readonly Queue<StoredValue> queue = new();
    private long bytesHeld;

    /// <summary>Takes over the bytes of a value that is in its file.</summary>
    public void Keep(StoredValue value, byte[] bytes)
    {
        if (bytes.Length > bytesMax / 8 || !value.TryKeep(bytes))
        {
            return;
        }

        Hold(value);
    }

    /// <summary>Takes over a value that was just written; its bytes are still in memory.</summary>
    public void Settle(StoredValue value)
    {
        if (value.Mark.Length > bytesMax / 8)
        {
            value.Drop();
            return;
        }

        Hold(value);
    }

    private void Hold(StoredValue value)
    {
        lock (gate)
        {
            queue.Enqueue(value);
            bytesHeld += CostOf(value);
            for (var rounds = queue.Count * 2; bytesHeld > bytesMax && rounds > 0; rounds--)
            {
                var oldest = queue.Dequeue();
                if (oldest.TakeUse() && rounds > queue.Count)
                {
                    queue.Enqueue(oldest);
                    continue;
                }

                bytesHeld -= CostOf(oldest);
                oldest.Drop();
            }
        }
    }

    // An object costs about this much beside its bytes.
    private static long CostOf(StoredValue value) => value.Mark.Length + 64;
}
