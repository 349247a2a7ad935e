namespace Undercroft.Stories;

/// <summary>One pairing of the passages of two readings of a story.</summary>
internal sealed class StoryMatch(Story known, Story incoming)
{
    private const double SimilarMin = 0.6;

    // Comparing words is the last resort: beyond this many comparisons the rest counts as new.
    private const long WorkMax = 20_000_000;

    private readonly string?[] ids = new string?[incoming.Passages.Count];
    private readonly bool[] taken = new bool[known.Passages.Count];

    /// <summary>Pairs what has the same kind and key; a null key pairs with nothing.</summary>
    public void ByKey(Func<Passage, string?> key)
    {
        var free = new Dictionary<(PassageKind, string), Queue<int>>();
        for (var i = 0; i < taken.Length; i++)
        {
            if (!taken[i] && key(known.Passages[i]) is { } name)
            {
                var at = (known.Passages[i].Kind, name);
                if (!free.TryGetValue(at, out var queue))
                {
                    free[at] = queue = new Queue<int>();
                }

                queue.Enqueue(i);
            }
        }

        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i] is null && key(incoming.Passages[i]) is { } name
                && free.TryGetValue((incoming.Passages[i].Kind, name), out var queue)
                && queue.TryDequeue(out var found))
            {
                Pair(found, i);
            }
        }
    }

    /// <summary>Pairs what has most words in common, the most alike first.</summary>
    public void BySimilarity()
    {
        var left = Enumerable.Range(0, taken.Length).Where(i => !taken[i]).Select(i => (i, Words(known.Passages[i])))
            .ToArray();
        var right = Enumerable.Range(0, ids.Length).Where(i => ids[i] is null)
            .Select(i => (i, Words(incoming.Passages[i]))).ToArray();
        var pairs = new List<(double Score, int Known, int Incoming)>();
        var work = 0L;
        foreach (var (before, beforeWords) in left)
        {
            foreach (var (after, afterWords) in right)
            {
                work += beforeWords.Length + afterWords.Length + 1;
                if (work > WorkMax)
                {
                    break;
                }

                var score = known.Passages[before].Kind == incoming.Passages[after].Kind
                    ? Likeness(beforeWords, afterWords)
                    : 0;
                if (score >= SimilarMin)
                {
                    pairs.Add((score, before, after));
                }
            }
        }

        foreach (var (_, before, after) in pairs.OrderByDescending(pair => pair.Score))
        {
            if (!taken[before] && ids[after] is null)
            {
                Pair(before, after);
            }
        }
    }

    public Story Apply()
    {
        var fresh = new StoryIds(ids.Length);
        foreach (var passage in known.Passages)
        {
            fresh.Reserve(passage.Id);
        }

        var passages = new Passage[ids.Length];
        for (var i = 0; i < ids.Length; i++)
        {
            passages[i] = incoming.Passages[i] with { Id = ids[i] ?? fresh.ForPassage(incoming.Passages[i].Name) };
        }

        var start = Enumerable.Range(0, ids.Length)
            .FirstOrDefault(i => incoming.Passages[i].Id == incoming.StartId, -1);
        return incoming with
        {
            Id = known.Id,
            Passages = passages,
            StartId = start < 0 ? incoming.StartId : passages[start].Id,
        };
    }

    private void Pair(int before, int after)
    {
        taken[before] = true;
        ids[after] = known.Passages[before].Id;
    }

    // Twice the shared words over all words, each distinct word once (Dice).
    private static double Likeness(int[] left, int[] right)
    {
        var shared = 0;
        for (int i = 0, j = 0; i < left.Length && j < right.Length;)
        {
            var order = left[i].CompareTo(right[j]);
            shared += order == 0 ? 1 : 0;
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }

        return left.Length + right.Length == 0 ? 0 : 2.0 * shared / (left.Length + right.Length);
    }

    private static int[] Words(Passage passage)
    {
        var words = new HashSet<int>();
        foreach (var range in passage.Body.AsSpan().SplitAny(" \t\r\n"))
        {
            var word = passage.Body.AsSpan()[range];
            if (!word.IsEmpty)
            {
                _ = words.Add(string.GetHashCode(word, StringComparison.Ordinal));
            }
        }

        return [.. words.Order()];
    }
}
