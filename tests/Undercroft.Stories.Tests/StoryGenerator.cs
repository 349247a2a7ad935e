namespace Undercroft.Stories.Tests;

/// <summary>Makes stories out of everything that formats find hard.</summary>
internal sealed class StoryGenerator(Random random)
{
    private static readonly string[] Pieces =
    [
        "a", "Room", " ", "  ", "\t", "\\", "[", "]", "{", "}", "|", "->", "<-", "[[", "]]", "::", ":: Start", "\n",
        "\n\n", "\r\n", "\r",
        "\n::", "\n\\::", "\n\\\\::", "\\:", "\u200B", "\u200D", "\uFEFF", "שלום", "\u202E", "日本語", "é",
        "e\u0301", "😀", "\uD83D", "\uDE00",
        "</script>", "</style>", "</SCRIPT >", "<!--", "-->", "</tw-passagedata>", "</tw-storydata>",
        "<tw-storydata>", "<tw-tag>", "<b>",
        "&", "&amp;", "&#39;", "&#0;", "&bogus;", "\"", "'", "<", ">", "=", ",", ";", "{\"a\":1}", "\0", "\u0001",
        "\u0085", "\u2028", "\u00A0",
        "StoryTitle", "StoryData", "Start", "script", "stylesheet", "0", "1", "-", "/", "`", "$x", "(goto:\"Start\")",
        "<<goto \"Start\">>",
    ];

    private static readonly string[] Json =
    [
        "1", "true", "null", "[1,2]", "{\"x\":{\"y\":[null]}}", "not json",
        "{\n\"a\": 1\n}", "\"s\"", "1e5",
    ];

    public Story Story()
    {
        var passages = Enumerable.Range(0, random.Next(7)).Select(Passage).ToArray();
        var start = passages.Length > 0 && random.Next(2) == 0 ? passages[random.Next(passages.Length)].Id : null;
        return new Story
        {
            Id = "story",
            Name = Text(4),
            Ifid = random.Next(3) == 0
                ? null
                : new Ifid(random.Next(2) == 0 ? Text(3) : "D674C58C-DEFA-4F70-B7A2-27742230C0FC"),
            Format = Maybe(),
            FormatVersion = Maybe(),
            StartId = start,
            StartUnresolved = start is null && random.Next(4) == 0 ? Text(2) : null,
            Tags = Tags(),
            TagColors = [.. Enumerable.Range(0, random.Next(3)).Select(_ => new TagColor(Text(2), Text(2)))],
            Zoom = random.Next(3) switch { 0 => "0.25", 1 => Text(2), _ => null },
            Options = Maybe(),
            Creator = Maybe(),
            CreatorVersion = Maybe(),
            Fields = [.. Fields(), .. StoryData()],
            Passages = passages,
            Extensions = Extensions(),
        };
    }

    public string Text(int pieces)
    {
        if (random.Next(200) == 0)
        {
            return string.Concat(Enumerable.Repeat(Pieces[random.Next(Pieces.Length)], 10_000));
        }

        return string.Concat(
            Enumerable.Range(0, random.Next(pieces + 1)).Select(_ => Pieces[random.Next(Pieces.Length)]));
    }

    private Passage Passage(int index) => new()
    {
        Id = $"id{index}",
        Name = random.Next(4) == 0 ? "Start" : Text(4),
        Kind = (PassageKind)(random.Next(4) == 0 ? random.Next(3) : 0),
        Tags = Tags(),
        Body = Text(12) + Links(),
        Position = random.Next(2) == 0 ? new PassagePoint(random.Next(3) == 0 ? Text(2) : "100,200.5") : null,
        Size = random.Next(4) == 0 ? new PassagePoint("100,100") : null,
        Fields = [.. Fields(), .. Whisker()],
        Extensions = Extensions(),
    };

    // Sometimes links a line each at the end, which are choices in whisker.
    private string Links() => random.Next(4) > 0
        ? ""
        : (random.Next(2) == 0 ? "\n\n" : "")
            + string.Join('\n', Enumerable.Range(0, 1 + random.Next(3)).Select(_ => random.Next(2) == 0
                ? $"[[{Text(2)}]]"
                : $"[[{Text(2)}->{(random.Next(2) == 0 ? "Start" : Text(2))}]]"));

    private StoryField[] Whisker() => random.Next(4) > 0 ? [] :
    [
        new StoryField("id", random.Next(3) == 0 ? Text(2) : "room" + random.Next(3)),
        new StoryField("choices", Choices(), IsJson: true),
    ];

    private string Choices() => JsonBuild.Values(Enumerable.Range(0, random.Next(4)).Select(_ => JsonBuild.Object(
    [
        new StoryField("text", Text(3)),
        new StoryField(random.Next(3) == 0 ? "target_passage" : "target", random.Next(4) switch
        {
            0 => "END",
            1 => "Start",
            2 => "room" + random.Next(3),
            _ => Text(2),
        }),
        .. random.Next(3) == 0 ? [new StoryField("condition", Text(2))] : Array.Empty<StoryField>(),
    ])));

    private string? Maybe() => random.Next(2) == 0 ? null : Text(3);

    private string[] Tags() =>
        [.. Enumerable.Range(0, random.Next(3)).Select(_ => random.Next(4) == 0 ? "script" : Text(2))];

    private StoryField[] Fields() => random.Next(3) > 0 ? [] :
    [
        .. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(3) switch
        {
            0 => new StoryField(Text(2), Json[random.Next(Json.Length)], IsJson: true),
            1 => new StoryField("data-x" + random.Next(2), Text(3)),
            _ => new StoryField(random.Next(3) == 0 ? "position" : random.Next(3) == 0 ? "tags" : Text(2), Text(3)),
        }),
    ];

    private StoryField[] StoryData() => random.Next(5) switch
    {
        0 => [new StoryField("variables", "{\"gold\":{\"type\":\"number\",\"default\":1e400}}", IsJson: true)],
        1 => [new StoryField("settings", "{\"scriptingLanguage\":\"lua\"}", IsJson: true)],
        2 => [new StoryField("metadata", "{\"author\":\"A\",\"title\":\"B\"}", IsJson: true)],
        _ => [],
    };

    private Dictionary<string, string> Extensions()
    {
        var extensions = new Dictionary<string, string>(StringComparer.Ordinal);
        if (random.Next(6) == 0)
        {
            extensions[random.Next(2) == 0 ? StoryFormats.Twee3 : "other"] = random.Next(2) == 0 ? "{broken" : Text(3);
        }

        return extensions;
    }
}
