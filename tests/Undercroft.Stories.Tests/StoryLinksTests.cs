namespace Undercroft.Stories.Tests;

public sealed class StoryLinksTests
{
    [Theory]
    [InlineData("[[Attic]]", "Attic", null)]
    [InlineData("[[go up|Attic]]", "Attic", "go up")]
    [InlineData("[[go up->Attic]]", "Attic", "go up")]
    [InlineData("[[a->b->Attic]]", "Attic", "a->b")]
    [InlineData("[[Attic<-go up]]", "Attic", "go up")]
    [InlineData("[[Attic<-go<-up]]", "Attic", "go<-up")]
    [InlineData("[[go up|Attic][$lamp to 1]]", "Attic", "go up")]
    [InlineData("[[ go up -> Attic ]]", "Attic", "go up")]
    [InlineData("a [[[Attic]]] b", "Attic", null)]
    [InlineData("[[שלום->Attic]]", "Attic", "שלום")]
    public void Brackets_are_links_in_every_dialect(string body, string target, string? text)
    {
        foreach (var dialect in Enum.GetValues<StoryDialect>())
        {
            var link = Assert.Single(Find(body, dialect));

            Assert.Equal(
                (StoryLinkKind.Link, target, text, false), (link.Kind, link.Target, link.Text, link.IsDynamic));
        }
    }

    [Theory]
    [InlineData("[[https://example.org/|Attic]] ]]")]
    [InlineData("[[site->https://example.org/a]]")]
    [InlineData("[[mail|mailto:me@example.org]]")]
    [InlineData("[[]]")]
    [InlineData("[[not\nclosed]]")]
    [InlineData("[[never closed")]
    [InlineData("[ [Attic] ]")]
    public void Addresses_and_half_links_are_no_links(string body)
    {
        foreach (var dialect in Enum.GetValues<StoryDialect>())
        {
            Assert.DoesNotContain(Find(body, dialect), link => link.Target != "Attic");
        }
    }

    [Theory]
    [InlineData("(link-goto: \"up\", \"Attic\")", StoryLinkKind.Link, "Attic")]
    [InlineData("(link-goto:'Attic')", StoryLinkKind.Link, "Attic")]
    [InlineData("(Link_Goto: \"a \\\"b\\\"\", \"Attic\")", StoryLinkKind.Link, "Attic")]
    [InlineData("(link-reveal-goto: \"up\", \"Attic\", (t8n: \"fade\"))", StoryLinkKind.Link, "Attic")]
    [InlineData("(click-goto: ?hook, \"Attic\")", StoryLinkKind.Link, "Attic")]
    [InlineData("(go-to: \"Attic\")", StoryLinkKind.Jump, "Attic")]
    [InlineData("(redirect:\"Attic\")", StoryLinkKind.Jump, "Attic")]
    [InlineData("(display: \"Attic\")", StoryLinkKind.Include, "Attic")]
    [InlineData("(if: $x > 1)[(goto: \"Attic\")]", StoryLinkKind.Jump, "Attic")]
    [InlineData("(undo:)", StoryLinkKind.Back, "")]
    [InlineData("(link-undo: \"back\")", StoryLinkKind.Back, "")]
    public void Harlowe_macros_lead_to_passages(string body, StoryLinkKind kind, string target)
    {
        var link = Assert.Single(Find(body, StoryDialect.Harlowe));

        Assert.Equal((kind, target, false), (link.Kind, link.Target, link.IsDynamic));
    }

    [Fact]
    public void A_computed_target_is_dynamic_and_names_its_candidates()
    {
        var either = Assert.Single(Find("(goto: (either: \"Attic\", 'Cellar'))", StoryDialect.Harlowe));
        var variable = Assert.Single(Find("<<goto $next>>", StoryDialect.SugarCube));
        var bracket = Assert.Single(Find("[[on|$next]]", StoryDialect.SugarCube));

        Assert.Equal((true, "(either: \"Attic\", 'Cellar')"), (either.IsDynamic, either.Target));
        Assert.Equal(["Attic", "Cellar"], either.Candidates);
        Assert.Equal((true, "$next"), (variable.IsDynamic, variable.Target));
        Assert.Equal((true, "$next"), (bracket.IsDynamic, bracket.Target));
    }

    [Theory]
    [InlineData("`[[Attic]]` and ``(goto: \"Attic\")``")]
    [InlineData("<!-- [[Attic]] -->")]
    [InlineData("(set: $x to \"Attic\")")]
    [InlineData("(goto: \"Attic\"")]
    public void Harlowe_passes_over_verbatim_text_comments_and_other_macros(string body) =>
        Assert.Empty(Find(body, StoryDialect.Harlowe));

    [Theory]
    [InlineData("<<link \"up\" \"Attic\">><</link>>", StoryLinkKind.Link, "Attic")]
    [InlineData("<<link [[up|Attic]]>><</link>>", StoryLinkKind.Link, "Attic")]
    [InlineData("<<button 'up' 'Attic'>>x<</button>>", StoryLinkKind.Link, "Attic")]
    [InlineData("<<link [img[a.png][Attic]]>><</link>>", StoryLinkKind.Link, "Attic")]
    [InlineData("[img[a.png][Attic]]", StoryLinkKind.Link, "Attic")]
    [InlineData("[img[a title|a.png][Attic][$x to 1]]", StoryLinkKind.Link, "Attic")]
    [InlineData("<<goto \"Attic\">>", StoryLinkKind.Jump, "Attic")]
    [InlineData("<<goto [[Attic]]>>", StoryLinkKind.Jump, "Attic")]
    [InlineData("<<include \"Attic\" \"div\">>", StoryLinkKind.Include, "Attic")]
    [InlineData("<<include Attic>>", StoryLinkKind.Include, "Attic")]
    [InlineData("<<display 'Attic'>>", StoryLinkKind.Include, "Attic")]
    [InlineData("<<choice \"Attic\">>", StoryLinkKind.Link, "Attic")]
    [InlineData("<<dialoglink [[look|Attic]]>>", StoryLinkKind.Link, "Attic")]
    [InlineData("<a data-passage=\"Attic\">up</a>", StoryLinkKind.Link, "Attic")]
    [InlineData("<<back>>", StoryLinkKind.Back, "")]
    public void SugarCube_macros_lead_to_passages(string body, StoryLinkKind kind, string target)
    {
        var link = Assert.Single(Find(body, StoryDialect.SugarCube));

        Assert.Equal((kind, target, false), (link.Kind, link.Target, link.IsDynamic));
    }

    [Fact]
    public void SugarCube_actions_lead_to_each_of_their_passages()
    {
        var links = Find("<<actions \"Attic\" [[down|Cellar]] 'Garden'>>", StoryDialect.SugarCube);

        Assert.Equal(["Attic", "Cellar", "Garden"], links.Select(link => link.Target));
    }

    [Theory]
    [InlineData("<<set $a to [[1,2],[3,4]]>>")]
    [InlineData("<<link \"only text\">><<set $x to 1>><</link>>")]
    [InlineData("/* [[Attic]] */ /% [[Attic]] %/ <!-- [[Attic]] -->")]
    [InlineData("{{{ [[Attic]] }}} \"\"\"[[Attic]]\"\"\" <nowiki>[[Attic]]</nowiki>")]
    [InlineData("<<script>> var a = [[1]]; <</script>>")]
    [InlineData("<<goto \"Attic\"")]
    public void SugarCube_passes_over_code_comments_and_verbatim_text(string body) =>
        Assert.Empty(Find(body, StoryDialect.SugarCube));

    [Theory]
    [InlineData("{embed passage: 'Attic'}", StoryLinkKind.Include, "Attic", false)]
    [InlineData("{Embed  Passage named: \"Attic\"}", StoryLinkKind.Include, "Attic", false)]
    [InlineData("{reveal link: 'up', passage: 'Attic'}", StoryLinkKind.Include, "Attic", false)]
    [InlineData("{link to: 'Attic', label: 'up'}", StoryLinkKind.Link, "Attic", false)]
    [InlineData("{link to: next}", StoryLinkKind.Link, "next", true)]
    [InlineData("{restart link, label: 'again'}", StoryLinkKind.Back, "", false)]
    [InlineData("list: [[1, 2]]\n--\n[[Attic]]", StoryLinkKind.Link, "Attic", false)]
    [InlineData("[JavaScript]\nvar a = [[1]];\n[continue]\n[[Attic]]", StoryLinkKind.Link, "Attic", false)]
    [InlineData("[note to myself]\n[[Cellar]]\n[continue]\n[[Attic]]", StoryLinkKind.Link, "Attic", false)]
    [InlineData("[if a]\n[[Attic]]", StoryLinkKind.Link, "Attic", false)]
    public void Chapbook_inserts_lead_to_passages(string body, StoryLinkKind kind, string target, bool isDynamic)
    {
        var link = Assert.Single(Find(body, StoryDialect.Chapbook));

        Assert.Equal((kind, target, isDynamic), (link.Kind, link.Target, link.IsDynamic));
    }

    [Theory]
    [InlineData("<%= window.story.render(\"Attic\") %>", StoryLinkKind.Include, "Attic")]
    [InlineData("<a href=\"javascript:story.show('Attic')\">up</a>", StoryLinkKind.Jump, "Attic")]
    [InlineData("<a data-passage=\"A &amp; B\">up</a>", StoryLinkKind.Link, "A & B")]
    [InlineData("<% var a = [[1]]; %>[[Attic]]", StoryLinkKind.Link, "Attic")]
    public void Snowman_calls_lead_to_passages(string body, StoryLinkKind kind, string target)
    {
        var link = Assert.Single(Find(body, StoryDialect.Snowman));

        Assert.Equal((kind, target), (link.Kind, link.Target));
    }

    [Fact]
    public void A_link_knows_its_place_and_its_line()
    {
        var links = Find("one [[A]]\r\ntwo\r\n[[B]]\rthree [[C]]", StoryDialect.Unknown);

        Assert.Equal([(4, 1), (16, 3), (28, 4)], links.Select(link => (link.Position, link.Line)));
    }

    [Fact]
    public void Scripts_have_the_links_of_their_calls_and_stylesheets_have_none()
    {
        var script = Make.Passage("Code", "Engine.play(\"Attic\"); var a = [[1]];") with { Kind = PassageKind.Script };

        Assert.Equal("Attic", Assert.Single(StoryLinks.Find(script, StoryDialect.SugarCube)).Target);
        Assert.Empty(StoryLinks.Find(script with { Kind = PassageKind.Stylesheet }, StoryDialect.SugarCube));
    }

    private static IReadOnlyList<StoryLink> Find(string body, StoryDialect dialect) =>
        StoryLinks.Find(Make.Passage("Here", body), dialect);
}
