using System.Text.Json;

namespace Undercroft.Stories;

/// <summary>Merges which passages there are, what is in them, and their order.</summary>
internal sealed class MergedPassages(
    Story original, Story local, Story remote, ICollection<StoryConflict> conflicts)
{
    private readonly Dictionary<string, Passage> before = ById(original, nameof(original));
    private readonly Dictionary<string, Passage> mine = ById(local, nameof(local));
    private readonly Dictionary<string, Passage> theirs = ById(remote, nameof(remote));

    /// <summary>Gives the passages in order, and each one's place by its id.</summary>
    public (IReadOnlyList<Passage> Passages, IReadOnlyDictionary<string, int> Order) Merge()
    {
        var kept = new Dictionary<string, Passage>(StringComparer.Ordinal);
        foreach (var passage in local.Passages)
        {
            if (theirs.TryGetValue(passage.Id, out var other))
            {
                kept[passage.Id] = PassageMerge.Merge(before.GetValueOrDefault(passage.Id), passage, other, conflicts);
            }
            else if (Survives(passage, local, isLocal: true))
            {
                kept[passage.Id] = passage;
            }
        }

        foreach (var passage in remote.Passages)
        {
            if (!mine.ContainsKey(passage.Id) && Survives(passage, remote, isLocal: false))
            {
                kept[passage.Id] = passage;
            }
        }

        var (ids, isClean) = SequenceMerge.Merge(
            Ids(original), Ids(local), Ids(remote), kept.Keys.ToHashSet(StringComparer.Ordinal));
        if (!isClean)
        {
            new FieldMerge(null, null, isNew: false, conflicts)
                .Report("passages", Show(original), Show(local), Show(remote));
        }

        var order = new Dictionary<string, int>(ids.Count, StringComparer.Ordinal);
        foreach (var id in ids)
        {
            order[id] = order.Count;
        }

        return ([.. ids.Select(id => kept[id])], order);
    }

    // Of a passage that only one side has: it is new there, or else the other side deleted it.
    private bool Survives(Passage passage, Story side, bool isLocal)
    {
        if (!before.TryGetValue(passage.Id, out var old))
        {
            return true;
        }

        var isNewStart = side.StartId == passage.Id && original.StartId != passage.Id;
        if (PassageMerge.AreSame(old, passage) && !isNewStart)
        {
            return false;
        }

        var json = Json(passage);
        new FieldMerge(passage.Id, passage.Name, isNew: false, conflicts)
            .Report("passage", Json(old), isLocal ? json : null, isLocal ? null : json);
        return true;
    }

    private static string[] Ids(Story story) => [.. story.Passages.Select(static passage => passage.Id)];

    private static string Show(Story story) => JsonFields.WriteArray(Ids(story));

    private static string Json(Passage passage) =>
        JsonSerializer.Serialize(passage, StoryJson.Passage);

    private static Dictionary<string, Passage> ById(Story story, string parameter)
    {
        var passages = new Dictionary<string, Passage>(story.Passages.Count, StringComparer.Ordinal);
        foreach (var passage in story.Passages)
        {
            if (!passages.TryAdd(passage.Id, passage))
            {
                throw new ArgumentException(
                    $"Cannot merge {Names.Show(story.Id)}: two passages have the id {Names.Show(passage.Id)}. Give "
                    + "each its own.",
                    parameter);
            }
        }

        return passages;
    }
}
