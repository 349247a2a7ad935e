using System.Buffers;

namespace Undercroft.Stories;

/// <summary>One reading of one Twine 1 page.</summary>
internal sealed class Twine1Parse(SourceText source, string? fileName, ReportBuilder report)
{
    private const string Settings = "StorySettings";
    private static readonly string[] Known = ["tiddler", "tags", "twine-position"];

    private static readonly SearchValues<char> VersionCharacters = SearchValues.Create("0123456789.");

    private readonly string text = source.Text;
    private readonly LineCounter lines = new(source.Text);
    private readonly List<Passage> passages = [];
    private readonly StoryIds ids = new(16);
    private string? title;

    public Story Read()
    {
        report.BeginStory();
        var area = StoryFormats.FindTwine1(text);
        var isClosed = true;
        var elements = area < 0 ? [] : Twine1Scan.Find(text, Opening(area), out isClosed);
        if (elements.Count == 0)
        {
            throw new StoryFormatException(
                $"Cannot read {Names.Show(fileName ?? "story")} as Twine 1 HTML, line 1: it holds no passages; "
                + "expected elements such as <div tiddler=\"Start\"> in one whose id is 'storeArea'.",
                fileName,
                1);
        }

        var isTurned = elements.Exists(element =>
            element.Tag["tiddler"] == Settings && IsObfuscated(Body(element, isTurned: false)));
        if (isTurned)
        {
            report.Add(Twine1Rules.Obfuscated, "/passages");
        }

        if (!text.AsSpan(0, elements[0].Start).IsWhiteSpace())
        {
            report.Add(Twine1Rules.Page);
        }

        if (!isClosed)
        {
            report.Add(ConversionRules.HtmlUnclosed, "", "storeArea", lines.At(Opening(area)));
        }

        for (var i = 0; i < elements.Count; i++)
        {
            ReadPassage(elements[i], isTurned);
            CheckGap(elements[i], i + 1 < elements.Count ? elements[i + 1].Start : elements[i].End);
        }

        return Assemble(elements[0].Start);
    }

    private int Opening(int mark) => text[mark] == '<' ? mark : Math.Max(0, text.LastIndexOf('<', mark));

    private void ReadPassage(HtmlElement element, bool isTurned)
    {
        var line = lines.At(element.Start);
        var findings = report.Findings;
        var pointer = new ElementPointer("passages", passages.Count);
        var isClear = !isTurned || element.Tag["tiddler"] == Settings
            || (element.Tag["tags"] ?? "").Contains("Twine.image", StringComparison.Ordinal);
        var name = Turned(element.Tag["tiddler"] ?? "", isClear);
        HtmlParts.Check(element.Tag, report, pointer.ToString(), name, line);
        if (!element.IsClosed)
        {
            report.Add(ConversionRules.HtmlUnclosed, pointer.ToString(), name, line);
        }

        var body = Body(element, !isClear);
        if (name == "StoryTitle")
        {
            TakeTitle(element, body, line);
            return;
        }

        var tags = HtmlRest.Words(Turned(element.Tag["tags"] ?? "", isClear));
        passages.Add(new Passage
        {
            Id = ids.ForPassage(name),
            Name = name,
            Tags = tags,
            Kind = TweePassages.KindOf(tags),
            Body = body,
            Position = Optional.Point(element.Tag["twine-position"]),
            Fields = HtmlRest.Of(element.Tag, Known).Fields,
            Source = new PassageSource { Format = StoryFormats.Twine1Html, Line = line },
        });
        if (report.Findings == findings)
        {
            report.Count(ConversionOutcome.Preserved);
        }
    }

    private void TakeTitle(HtmlElement element, string body, int line)
    {
        if (title is not null)
        {
            report.Add(Twine1Rules.TitleTwice, "/name", "StoryTitle", line, body);
            return;
        }

        title = body.Trim();
        report.Add(Twine1Rules.Title, "/name", "StoryTitle", line, text[element.Start..element.BodyStart]);
    }

    private string Body(HtmlElement element, bool isTurned)
    {
        var raw = text.AsSpan(element.BodyStart, element.BodyEnd - element.BodyStart);
        var body = Twine1Text.Unescape(HtmlEntities.Decode(raw, out _, out var broken));
        if (broken)
        {
            report.Add(ConversionRules.HtmlEntity, node: element.Tag["tiddler"]);
        }

        return isTurned ? Twine1Text.Turn(body) : body;
    }

    private void CheckGap(HtmlElement element, int next)
    {
        var gap = text.AsSpan(element.End, next - element.End);
        if (!gap.IsWhiteSpace())
        {
            report.Add(Twine1Rules.Gap, line: lines.At(element.End), before: gap.Trim().ToString());
        }
    }

    private Story Assemble(int first)
    {
        var start = passages.Find(passage => passage is { Kind: PassageKind.Passage, Name: "Start" });
        var version = Version(text.AsSpan(0, first));
        return StoryChecks.Finish(
            new Story
            {
                Id = StoryIds.ForStory(ifid: null, title is { Length: > 0 } ? title : fileName ?? ""),
                Name = title ?? "",
                StartId = start?.Id,
                Creator = version is null ? null : "Twine",
                CreatorVersion = version,
                Passages = passages,
                Origin = source.OriginAs(StoryFormats.Twine1Html, fileName),
            },
            report);
    }

    private static string Turned(string value, bool isClear) => isClear ? value : Twine1Text.Turn(value);

    private static bool IsObfuscated(string settings)
    {
        foreach (var line in settings.Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line.AsSpan(0, colon).Trim().Equals("obfuscate", StringComparison.OrdinalIgnoreCase)
                && line.AsSpan(colon + 1).Trim().Equals("rot13", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static string? Version(ReadOnlySpan<char> page)
    {
        const string Mark = "Made in Twine ";
        var at = page.IndexOf(Mark, StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        var rest = page[(at + Mark.Length)..];
        var end = rest.IndexOfAnyExcept(VersionCharacters);
        var version = (end < 0 ? rest : rest[..end]).TrimEnd('.');
        return version.IsEmpty ? null : version.ToString();
    }
}
