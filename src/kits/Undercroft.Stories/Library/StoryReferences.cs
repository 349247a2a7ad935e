namespace Undercroft.Stories;

/// <summary>Finds what leads out of a story.</summary>
/// <remarks>No dialect has links between stories. A link to a passage that the story does not have is a broken one, or
/// it names another story of the library: by its id, its title, or the name of the file it came from.</remarks>
internal static class StoryReferences
{
    /// <summary>The most names that are looked up for one story.</summary>
    public const int NamesMax = 1000;

    public static IReadOnlyList<string> Find(Story story)
    {
        var own = story.Passages
            .Where(static passage => passage.Kind == PassageKind.Passage)
            .Select(static passage => passage.Name)
            .ToHashSet(StringComparer.Ordinal);
        var names = new List<string>();
        foreach (var passage in story.Passages)
        {
            foreach (var link in StoryLinks.Find(passage, story.Dialect))
            {
                if (link is { IsDynamic: false, Kind: not StoryLinkKind.Back, Target.Length: > 0 }
                    && own.Add(link.Target))
                {
                    names.Add(link.Target);
                    if (names.Count == NamesMax)
                    {
                        return names;
                    }
                }
            }
        }

        return names;
    }
}
