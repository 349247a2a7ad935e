namespace Undercroft.Stories;

/// <summary>Merges the fields of one passage, or of the story itself, and notes what contradicts.</summary>
/// <param name="passageId">The passage's id; null for the story.</param>
/// <param name="passageName">The passage's name; null for the story.</param>
/// <param name="isNew">Whether both sides added it: then there is nothing they began with.</param>
/// <param name="conflicts">Where contradictions go.</param>
internal sealed class FieldMerge(
    string? passageId, string? passageName, bool isNew, ICollection<StoryConflict> conflicts)
{
    /// <summary>Takes what a side changed. Of two changes it takes the local one; of a change and a removal, the
    /// change. </summary>
    public T Pick<T>(string field, T before, T local, T remote, Func<T, string?> show)
    {
        var (mine, theirs) = (show(local), show(remote));
        var old = show(before);
        if (mine == old || mine == theirs)
        {
            return mine == theirs ? local : remote;
        }

        if (theirs == old)
        {
            return local;
        }

        Report(field, old, mine, theirs);
        return mine is null ? remote : local;
    }

    /// <summary>Merges text line by line.</summary>
    public string Text(string field, string before, string local, string remote)
    {
        if (local == before || remote == before || local == remote)
        {
            return local == before ? remote : local;
        }

        var (text, isClean) = TextMerge.Merge(before, local, remote);
        if (!isClean)
        {
            Report(field, before, local, remote);
        }

        return text;
    }

    /// <summary>Merges a set of words: what either side added is in, what either side removed is out. How often a word
    /// is there counts as its value.</summary>
    public IReadOnlyList<string> Set(
        string field, IReadOnlyList<string> before, IReadOnlyList<string> local, IReadOnlyList<string> remote) =>
        Keyed(
            field, before, local, remote, static word => word,
            static words => words is null ? null : string.Join('\n', words));

    /// <summary>Merges a list whose entries have names, name by name; entries that share a name stay
    /// together.</summary>
    /// <param name="field">The list's name.</param>
    /// <param name="before">What both began with.</param>
    /// <param name="local">The one side.</param>
    /// <param name="remote">The other side.</param>
    /// <param name="keyOf">An entry's name.</param>
    /// <param name="show">The entries of a name as text; null for null.</param>
    public IReadOnlyList<T> Keyed<T>(
        string field,
        IReadOnlyList<T> before,
        IReadOnlyList<T> local,
        IReadOnlyList<T> remote,
        Func<T, string> keyOf,
        Func<IEnumerable<T>?, string?> show)
    {
        if (local.SequenceEqual(before) || remote.SequenceEqual(before) || local.SequenceEqual(remote))
        {
            return local.SequenceEqual(before) ? remote : local;
        }

        var (old, mine, theirs) = (Group(before, keyOf), Group(local, keyOf), Group(remote, keyOf));
        var merged = new Dictionary<string, IEnumerable<T>>(StringComparer.Ordinal);
        foreach (var key in mine.Keys.Concat(theirs.Keys).Distinct(StringComparer.Ordinal))
        {
            IEnumerable<T>? Of(Dictionary<string, List<T>> side) => side.GetValueOrDefault(key);
            if (Pick($"{field}/{key}", Of(old), Of(mine), Of(theirs), show) is { } values)
            {
                merged[key] = values;
            }
        }

        var (order, isClean) = SequenceMerge.Merge(
            [.. old.Keys], [.. mine.Keys], [.. theirs.Keys], merged.Keys.ToHashSet(StringComparer.Ordinal));
        if (!isClean)
        {
            Report(field, Show(old.Keys), Show(mine.Keys), Show(theirs.Keys));
        }

        return [.. order.SelectMany(key => merged[key])];
    }

    /// <summary>Merges what only the source file knows: it is repeated only where the story still says the same, so
    /// what both changed is left as it was.</summary>
    public static T? Source<T>(T? before, T? local, T? remote, Func<T?, T?, bool> equal) =>
        equal(local, before) ? remote : equal(remote, before) || equal(local, remote) ? local : before;

    /// <summary>Notes a contradiction.</summary>
    public void Report(string field, string? before, string? local, string? remote)
    {
        before = isNew ? null : before;
        var kind = (before, local, remote) switch
        {
            (_, null, _) => StoryConflictKind.LocalDeleted,
            (_, _, null) => StoryConflictKind.RemoteDeleted,
            (null, _, _) => StoryConflictKind.BothAdded,
            _ => StoryConflictKind.BothChanged,
        };
        conflicts.Add(new StoryConflict(kind, passageId, passageName, field, before, local, remote));
    }

    private static string Show(IEnumerable<string> keys) => JsonFields.WriteArray([.. keys]);

    // In the order of the first of each name.
    private static Dictionary<string, List<T>> Group<T>(IReadOnlyList<T> list, Func<T, string> keyOf)
    {
        var groups = new Dictionary<string, List<T>>(StringComparer.Ordinal);
        foreach (var item in list)
        {
            var key = keyOf(item);
            groups[key] = groups.GetValueOrDefault(key) ?? [];
            groups[key].Add(item);
        }

        return groups;
    }
}
