namespace Undercroft.Files.State;

/// <summary>What the store has seen and people should know, a sentence each: the latest ones.</summary>
internal sealed class Notices
{
    private const int KeptMax = 100;

    private readonly Lock gate = new();
    private readonly Queue<string> kept = new();

    public void Add(string sentence)
    {
        lock (gate)
        {
            if (kept.Contains(sentence))
            {
                return;
            }

            if (kept.Count == KeptMax)
            {
                _ = kept.Dequeue();
            }

            kept.Enqueue(sentence);
        }
    }

    public IReadOnlyList<string> ToList()
    {
        lock (gate)
        {
            return [.. kept];
        }
    }
}
