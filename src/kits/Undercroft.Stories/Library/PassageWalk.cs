namespace Undercroft.Stories;

/// <summary>Walks from a passage along the links of its story, near passages first.</summary>
internal static class PassageWalk
{
    /// <summary>The most passages of one walk.</summary>
    public const int PassagesMax = 1000;

    /// <summary>Lists the passages that can be reached in so many steps, each once, the first included.</summary>
    /// <returns>Empty where the story has no such passage.</returns>
    public static IReadOnlyList<Passage> From(Story story, string passageId, int depth)
    {
        var byName = new Dictionary<string, Passage>(StringComparer.Ordinal);
        foreach (var passage in story.Passages.Where(static one => one.Kind == PassageKind.Passage))
        {
            // Of repeated names links lead to the first.
            _ = byName.TryAdd(passage.Name, passage);
        }

        var walked = new List<Passage>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (story.Passages.FirstOrDefault(passage => passage.Id == passageId) is { } start)
        {
            _ = seen.Add(start.Id);
            walked.Add(start);
        }

        var from = 0;
        for (var step = 0; step < depth && from < walked.Count; step++)
        {
            for (var end = walked.Count; from < end; from++)
            {
                foreach (var target in TargetsOf(walked[from], story.Dialect))
                {
                    if (byName.TryGetValue(target, out var passage) && seen.Add(passage.Id))
                    {
                        walked.Add(passage);
                        if (walked.Count == PassagesMax)
                        {
                            return walked;
                        }
                    }
                }
            }
        }

        return walked;
    }

    private static IEnumerable<string> TargetsOf(Passage passage, StoryDialect dialect) =>
        StoryLinks.Find(passage, dialect).SelectMany(static link => link.IsDynamic ? link.Candidates : [link.Target]);
}
