namespace Undercroft.Stories;

/// <summary>Finds text in a story, whatever its case.</summary>
public static class StorySearch
{
    private const int ExcerptMax = 160;
    private const int Ahead = 60;

    /// <summary>
    /// Finds a text in title, tags, names and bodies: at most one hit per title, tag, name and line, in the order of
    /// the
    /// story, lazily. Letters of every script are compared without regard to case; nothing else is folded.
    /// </summary>
    /// <param name="story">The story.</param>
    /// <param name="text">What to find; not empty. It is text, not a pattern, and lies within one line.</param>
    public static IEnumerable<StorySearchHit> Find(Story story, string text)
    {
        ArgumentNullException.ThrowIfNull(story);
        ArgumentException.ThrowIfNullOrEmpty(text);

        return Search(story, text);
    }

    /// <summary>Finds a text in the name, tags and body of one passage, as <see cref="Find(Story, string)"/>
    /// does.</summary>
    public static IEnumerable<StorySearchHit> Find(Passage passage, string text)
    {
        ArgumentNullException.ThrowIfNull(passage);
        ArgumentException.ThrowIfNullOrEmpty(text);

        return Search(passage, text);
    }

    private static IEnumerable<StorySearchHit> Search(Story story, string text)
    {
        var own = Match(StorySearchPlace.Title, passage: null, story.Name, text)
            .Concat(story.Tags.SelectMany(tag => Match(StorySearchPlace.StoryTag, passage: null, tag, text)));
        return own.Concat(story.Passages.SelectMany(passage => Search(passage, text)));
    }

    private static IEnumerable<StorySearchHit> Search(Passage passage, string text) =>
        Match(StorySearchPlace.PassageName, passage, passage.Name, text)
            .Concat(passage.Tags.SelectMany(tag => Match(StorySearchPlace.PassageTag, passage, tag, text)))
            .Concat(MatchLines(passage, text));

    private static IEnumerable<StorySearchHit> Match(
        StorySearchPlace place, Passage? passage, string value, string text)
    {
        var at = value.IndexOf(text, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? [] : [Hit(place, passage, value, at, text.Length, line: null)];
    }

    private static IEnumerable<StorySearchHit> MatchLines(Passage passage, string text)
    {
        var body = passage.Body;
        var lines = new LineCounter(body);
        for (var at = Next(0); at >= 0;)
        {
            var start = at == 0 ? 0 : body.LastIndexOfAny(['\r', '\n'], at - 1) + 1;
            var end = body.IndexOfAny(['\r', '\n'], at);
            end = end < 0 ? body.Length : end;
            yield return Hit(
                StorySearchPlace.Body, passage, body[start..end], at - start, text.Length, lines.At(start));

            at = end < body.Length ? Next(end) : -1;
        }

        int Next(int from) => body.IndexOf(text, from, StringComparison.OrdinalIgnoreCase);
    }

    private static StorySearchHit Hit(
        StorySearchPlace place, Passage? passage, string value, int at, int length, int? line)
    {
        var from = value.Length <= ExcerptMax ? 0 : Math.Max(0, at - Ahead);
        var size = Math.Min(value.Length - from, Math.Max(ExcerptMax, length));
        return new StorySearchHit
        {
            Place = place,
            PassageId = passage?.Id,
            PassageName = passage?.Name,
            Line = line,
            Excerpt = value.Substring(from, size),
            Start = at - from,
            Length = Math.Min(length, size - (at - from)),
        };
    }
}
