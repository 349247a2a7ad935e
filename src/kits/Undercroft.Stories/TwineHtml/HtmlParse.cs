namespace Undercroft.Stories;

/// <summary>One reading of one Twine HTML file.</summary>
internal sealed class HtmlParse(SourceText source, string? fileName, ReportBuilder report)
{
    private readonly string text = source.Text;
    private readonly LineCounter lines = new(source.Text);

    public List<Story> Read()
    {
        var stories = new List<Story>();
        var scanner = new HtmlScanner(text);
        var at = scanner.NextStory(0);
        var isHidden = at < 0;
        if (isHidden)
        {
            scanner = new HtmlScanner(text);
            at = scanner.AnyStory();
        }

        var before = 0;
        while (at >= 0)
        {
            report.BeginStory();
            if (isHidden)
            {
                report.Add(ConversionRules.HtmlHidden, line: lines.At(at));
                isHidden = false;
            }

            var story = ReadStory(scanner, at, out var end);
            var next = scanner.NextStory(end);
            stories.Add(story with
            {
                Origin = story.Origin! with { Before = text[before..at], After = next < 0 ? text[end..] : "" },
            });
            (before, at) = (end, next);
        }

        return stories;
    }

    private Story ReadStory(HtmlScanner scanner, int start, out int end)
    {
        var tag = HtmlTag.Parse(text.AsSpan(start));
        var line = lines.At(start);
        HtmlParts.Check(tag, report, "", node: null, line);
        var elements = new List<HtmlElement>();
        var closing = scanner.Elements(start + tag.End, elements);
        var isClosed = tag.IsClosed && HtmlTag.IsAt(text.AsSpan(closing), "</" + HtmlScanner.Story);
        end = isClosed ? scanner.TagEnd(closing) : closing;
        if (!isClosed)
        {
            report.Add(ConversionRules.HtmlUnclosed, "", HtmlScanner.Story, line);
        }

        var parts = new HtmlParts(text, lines, report);
        parts.CheckGap(start + tag.End, elements.Count > 0 ? elements[0].Start : closing);
        for (var i = 0; i < elements.Count; i++)
        {
            parts.Read(elements[i], i + 1 < elements.Count ? elements[i + 1].Start : closing);
        }

        var head = HtmlStoryHead.Parse(tag);
        var ifid = head.Ifid is null ? null : new Ifid(head.Ifid);
        var startId = head.StartNode is null ? null : parts.IdOf(head.StartNode);
        var story = new Story
        {
            Id = StoryIds.ForStory(ifid, head.Name.Length > 0 ? head.Name : fileName ?? ""),
            Name = head.Name,
            Ifid = ifid,
            Format = head.Format,
            FormatVersion = head.FormatVersion,
            StartId = startId,
            StartUnresolved = startId is null ? head.StartNode : null,
            Tags = head.Tags,
            TagColors = parts.TagColors,
            Zoom = head.Zoom,
            Options = head.Options,
            Creator = head.Creator,
            CreatorVersion = head.CreatorVersion,
            Fields = head.Fields,
            Passages = parts.Passages,
            Extensions = head.Extensions,
            Origin = source.OriginAs(StoryFormats.TwineHtml, fileName) with
            {
                Opening = text[start..(elements.Count > 0 ? elements[0].Start : closing)],
                Parts = parts.Parts,
                Closing = text[closing..end],
            },
        };
        return StoryChecks.Finish(story, report);
    }
}
