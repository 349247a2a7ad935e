namespace Undercroft.Stories;

/// <summary>Finds the links of passages, in the way their dialect writes them.</summary>
/// <remarks>
/// Brackets are links everywhere: <c>[[A]]</c>, <c>[[text|A]]</c>, <c>[[text-&gt;A]]</c> (the rightmost arrow counts),
/// <c>[[A&lt;-text]]</c> (the leftmost), with or without a setter. Macros, inserts and calls that lead to passages are
/// those of the dialect. Addresses of web pages are no links. Comments, verbatim text and code are passed over.
/// </remarks>
public static class StoryLinks
{
    /// <summary>Finds all links of a passage, in order. The time is proportional to the length of the body.</summary>
    public static IReadOnlyList<StoryLink> Find(Passage passage, StoryDialect dialect)
    {
        ArgumentNullException.ThrowIfNull(passage);

        var sink = new LinkSink(passage.Body, dialect);
        if (passage.Kind == PassageKind.Passage)
        {
            Scan(sink, dialect);
        }
        else if (passage.Kind == PassageKind.Script)
        {
            CallLinks.Find(sink, dialect);
        }

        return sink.Build();
    }

    private static void Scan(LinkSink sink, StoryDialect dialect)
    {
        switch (dialect)
        {
            case StoryDialect.Harlowe:
                HarloweLinks.Find(sink);
                break;
            case StoryDialect.SugarCube:
                SugarCubeLinks.Find(sink);
                break;
            case StoryDialect.Chapbook:
                ChapbookLinks.Find(sink);
                break;
            case StoryDialect.Snowman:
                SnowmanLinks.Find(sink);
                break;
            default:
                BracketLinks.FindAll(sink);
                break;
        }
    }
}
