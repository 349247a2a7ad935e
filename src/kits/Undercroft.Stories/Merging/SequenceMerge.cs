namespace Undercroft.Stories;

/// <summary>Merges two orders of things that are known by a key.</summary>
internal static class SequenceMerge
{
    /// <summary>Puts what is kept in order: as the side that moved something has it, what a side added behind what it
    /// stands behind there.</summary>
    /// <param name="original">The keys as both sides found them, each once.</param>
    /// <param name="local">The keys of the one side, each once.</param>
    /// <param name="remote">The keys of the other side, each once.</param>
    /// <param name="kept">The keys there will be; each is on one of the sides.</param>
    /// <returns>The order, and whether only one side moved things or both the same way; if not, the order is the local
    /// one. What both added at one place is ordered by key, so that the sides may be swapped.</returns>
    public static (IReadOnlyList<string> Order, bool IsClean) Merge(
        IReadOnlyList<string> original,
        IReadOnlyList<string> local,
        IReadOnlyList<string> remote,
        IReadOnlySet<string> kept)
    {
        var shared = new HashSet<string>(original, StringComparer.Ordinal);
        shared.IntersectWith(local);
        shared.IntersectWith(remote);
        shared.IntersectWith(kept);
        string[] before = [.. original.Where(shared.Contains)];
        string[] mine = [.. local.Where(shared.Contains)];
        string[] theirs = [.. remote.Where(shared.Contains)];
        var iMoved = !mine.SequenceEqual(before, StringComparer.Ordinal);
        var theyMoved = !theirs.SequenceEqual(before, StringComparer.Ordinal);
        var spine = iMoved ? mine : theirs;
        var isClean = !iMoved || !theyMoved || mine.SequenceEqual(theirs, StringComparer.Ordinal);
        return (Weave(spine, Added(spine, local, kept), Added(spine, remote, kept), kept.Count), isClean);
    }

    private static List<string> Weave(
        string[] spine, Dictionary<int, List<string>> mine, Dictionary<int, List<string>> theirs, int count)
    {
        var order = new List<string>(count);
        var seen = new HashSet<string>(count, StringComparer.Ordinal);
        for (var i = -1; i < spine.Length; i++)
        {
            if (i >= 0)
            {
                order.Add(spine[i]);
            }

            var runs = new[] { mine.GetValueOrDefault(i), theirs.GetValueOrDefault(i) }
                .OfType<List<string>>().OrderBy(static run => string.Join('\0', run), StringComparer.Ordinal);
            order.AddRange(runs.SelectMany(static run => run).Where(seen.Add));
        }

        return order;
    }

    // What stands on this side behind each member of the spine, and (-1) before all of them.
    private static Dictionary<int, List<string>> Added(
        string[] spine, IReadOnlyList<string> side, IReadOnlySet<string> kept)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < spine.Length; i++)
        {
            places[spine[i]] = i;
        }

        var runs = new Dictionary<int, List<string>>();
        var at = -1;
        foreach (var key in side)
        {
            if (places.TryGetValue(key, out var place))
            {
                at = place;
            }
            else if (kept.Contains(key))
            {
                runs[at] = runs.GetValueOrDefault(at) ?? [];
                runs[at].Add(key);
            }
        }

        return runs;
    }
}
