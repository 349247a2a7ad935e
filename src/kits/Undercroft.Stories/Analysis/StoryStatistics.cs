namespace Undercroft.Stories;

/// <summary>The size and the shape of a story. Derived from it, and never stored as truth.</summary>
public sealed record StoryStatistics
{
    /// <summary>Passages, without scripts and stylesheets.</summary>
    public int Passages { get; init; }

    /// <summary>Scripts.</summary>
    public int Scripts { get; init; }

    /// <summary>Stylesheets.</summary>
    public int Stylesheets { get; init; }

    /// <summary>Words of the passages by Unicode's word boundaries, the format's markup included.</summary>
    public int Words { get; init; }

    /// <summary>Characters of the passages as Unicode code points, the format's markup included.</summary>
    public int Characters { get; init; }

    /// <summary>Links, jumps and inclusions; ways back are not counted.</summary>
    public int Links { get; init; }

    /// <summary>How many of <see cref="Links"/> have a target that is computed while the story runs.</summary>
    public int DynamicLinks { get; init; }

    /// <summary>Links to passages that do not exist.</summary>
    public IReadOnlyList<BrokenLink> BrokenLinks { get; init; } = [];

    /// <summary>
    /// Names of passages that no way leads to from the start or from what the story format runs by itself. A computed
    /// link counts as a way to every passage it mentions; where it mentions none, something listed here may be
    /// reachable after all. Empty where the story has no start.
    /// </summary>
    public IReadOnlyList<string> Unreachable { get; init; } = [];

    /// <summary>Names of reachable passages that no way leads on from: the endings, or what was forgotten.</summary>
    public IReadOnlyList<string> DeadEnds { get; init; } = [];

    /// <summary>Counts a story. The time is proportional to its size.</summary>
    public static StoryStatistics Of(Story story)
    {
        ArgumentNullException.ThrowIfNull(story);

        var graph = new StoryGraph(story);
        var texts = story.Passages.Where(passage => passage.Kind == PassageKind.Passage).ToArray();
        return new StoryStatistics
        {
            Passages = texts.Length,
            Scripts = story.Passages.Count(passage => passage.Kind == PassageKind.Script),
            Stylesheets = story.Passages.Count(passage => passage.Kind == PassageKind.Stylesheet),
            Words = texts.Sum(passage => WordCounter.Count(passage.Body)),
            Characters = texts.Sum(passage => CountCharacters(passage.Body)),
            Links = graph.Links,
            DynamicLinks = graph.DynamicLinks,
            BrokenLinks = graph.BrokenLinks,
            Unreachable = graph.Unreachable(),
            DeadEnds = graph.DeadEnds(),
        };
    }

    private static int CountCharacters(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }
}
