using System.Text.Json.Nodes;
using Undercroft.Migrations;
using Undercroft.Testing;

namespace Undercroft.Tests.Migrations;

public sealed class MigrationFileTests
{
    [Theory]
    [InlineData("""{"rename":"name","to":"title"}""", """{"a":1,"name":"x","b":2}""", """{"a":1,"title":"x","b":2}""")]
    [InlineData(
        """{"rename":"list.*.n","to":"m"}""",
        """{"list":[{"n":1},{},{"n":null}]}""",
        """{"list":[{"m":1},{},{"m":null}]}""")]
    [InlineData("""{"move":"a.b","to":"c.d.e"}""", """{"a":{"b":[1]}}""", """{"a":{},"c":{"d":{"e":[1]}}}""")]
    [InlineData("""{"remove":"a.b","restore":7}""", """{"a":{"b":7}}""", """{"a":{}}""")]
    [InlineData("""{"add":"kind","value":{"x":1}}""", """{}""", """{"kind":{"x":1}}""")]
    [InlineData(
        """{"wrap":"v.*","in":"d","typeIn":"t"}""",
        """{"v":{"g":3,"h":"a","i":null}}""",
        """{"v":{"g":{"t":"number","d":3},"h":{"t":"text","d":"a"},"i":{"t":"null","d":null}}}""")]
    [InlineData(
        """{"wrap":"tags.*","in":"name","with":{"x":1}}""",
        """{"tags":["a","b"]}""",
        """{"tags":[{"x":1,"name":"a"},{"x":1,"name":"b"}]}""")]
    [InlineData("""{"convert":"n","from":"text","to":"number"}""", """{"n":"1.50"}""", """{"n":1.50}""")]
    [InlineData(
        """{"convert":"n.*","from":"number","to":"text"}""",
        """{"n":[1,null,2.0]}""",
        """{"n":["1",null,"2.0"]}""")]
    [InlineData("""{"convert":"n","from":"boolean","to":"number"}""", """{"n":true}""", """{"n":1}""")]
    [InlineData("""{"map":"s","values":[[0,"draft"],[1,"final"]]}""", """{"s":1}""", """{"s":"final"}""")]
    [InlineData("""{"map":"s","values":[[0,"draft"]],"unlisted":"keep"}""", """{"s":"other"}""", """{"s":"other"}""")]
    public void A_change_does_what_it_says_and_goes_back_exactly(string change, string before, string after)
    {
        var chain = Parse(change);

        var up = chain.FindPath("1", "2")!.Apply(Json(before));
        Assert.Equal(after.Replace(" ", "", StringComparison.Ordinal), up.ToJsonString());

        var down = chain.FindPath("2", "1")!.Apply(up);
        Assert.Equal(before.Replace(" ", "", StringComparison.Ordinal), down.ToJsonString());
    }

    [Theory]
    [InlineData("""{"remove":"a"}""", """{"a":1}""", "{}")]
    [InlineData("""{"set":"a","value":2}""", """{"a":1}""", """{"a":2}""")]
    [InlineData("""{"default":"a","value":2}""", """{"b":{}}""", """{"b":{},"a":2}""")]
    [InlineData("""{"default":"a","value":2}""", """{"a":null}""", """{"a":null}""")]
    [InlineData("""{"convert":"n","to":"text"}""", """{"n":7}""", """{"n":"7"}""")]
    [InlineData("""{"map":"s","values":[[0,"x"],[1,"x"]]}""", """{"s":0}""", """{"s":"x"}""")]
    public void A_change_that_loses_something_has_no_way_back(string change, string before, string after)
    {
        var chain = Parse(change);

        Assert.Equal(after, chain.FindPath("1", "2")!.Apply(Json(before)).ToJsonString());
        Assert.False(chain.Steps.Single().IsReversible);
    }

    [Theory]
    [InlineData("""{"rename":"a","to":"b"}""", """{"a":1,"b":2}""")]
    [InlineData("""{"move":"a","to":"b.c"}""", """{"a":1,"b":[]}""")]
    [InlineData("""{"add":"a","value":1}""", """{"a":null}""")]
    [InlineData("""{"convert":"n","from":"text","to":"number"}""", """{"n":"007"}""")]
    [InlineData("""{"convert":"n","from":"text","to":"number"}""", """{"n":7}""")]
    [InlineData("""{"map":"s","values":[[0,"x"]]}""", """{"s":9}""")]
    [InlineData("""{"map":"s","values":[[0,"x"]],"unlisted":"keep"}""", """{"s":"x"}""")]
    public void A_document_that_is_not_as_the_change_says_fails(string change, string document) =>
        Assert.Equal(
            StoreErrorKind.Malformed,
            Assert.Throws<StoreException>(() => Parse(change).FindPath("1", "2")!.Apply(Json(document))).Kind);

    [Theory]
    [InlineData("{\n\"baseline\": 1, \"steps\": []}", "$.baseline, line 2: expected a text")]
    [InlineData(
        "{\"baseline\":\"1\",\n\"steps\":[\n{\"from\":\"1\",\"to\":\"2\",\"changes\":[\n{\"renam\":\"a\"}]}]}",
        "$.steps[0].changes[0], line 4: expected exactly one of rename")]
    [InlineData(
        "{\"baseline\":\"1\",\"steps\":[{\"from\":\"1\",\"to\":\"1\",\"changes\":[]}]}",
        "$.steps[0], line 1: A step leads from one version to another")]
    [InlineData(
        "{\"baseline\":\"1\",\"steps\":[],\n\n\"stpes\":1}",
        "$.stpes, line 3: there is no 'stpes' here; expected baseline, steps")]
    [InlineData("{\"baseline\":\"1\",\n\"steps\":[,]}", "no JSON at line 2")]
    [InlineData(
        "{\"baseline\":\"1\",\"steps\":[],\"current\":\"9\"}",
        "$.current, line 1: There is no step for the version '9'")]
    [InlineData(
        "{\"baseline\":\"1\",\"steps\":[{\"from\":\"1\",\"to\":\"2\",\"changes\":[{\"move\":\"a.*\",\"to\":\"b\"}]}]}",
        "paths without *")]
    [InlineData(
        "{\"baseline\":\"1\",\"steps\":[{\"from\":\"1\",\"to\":\"2\",\"changes\":[{\"remove\":\"$id\"}]}]}",
        "is no property")]
    [InlineData("[]", "$, line 1: expected an object, found []")]
    public void A_wrong_file_is_refused_naming_line_and_place(string file, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<ArgumentException>(() => MigrationFile.Parse(file)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_detector_takes_the_first_rule_that_fits()
    {
        var chain = MigrationFile.Parse("""
            {
              // Comments are read over.
              "baseline": "0.9",
              "detect": [{"has": "variables.*.type", "version": "2.0"}, {"has": "passages", "version": "1.0"}],
              "steps": [{"from": "0.9", "to": "1.0", "changes": []}, {"from": "1.0", "to": "2.0", "changes": []}],
            }
            """);

        Assert.Equal("2.0", chain.Detector!(Json("""{"passages":[],"variables":{"a":{"type":"x"}}}""")));
        Assert.Equal("1.0", chain.Detector(Json("""{"passages":[],"variables":{"a":1}}""")));
        Assert.Null(chain.Detector(Json("{}")));
    }

    [Fact]
    public void Up_then_down_gives_the_document_back()
    {
        var seed = TestSeed.Take();
        var random = seed.ToRandom();
        var applied = 0;
        for (var round = 0; round < 3000 * TestSeed.Length; round++)
        {
            var changes = string.Join(',', Enumerable.Range(0, random.Next(1, 5)).Select(_ => RandomChange(random)));
            var chain = Parse(changes);
            var before = RandomObject(random, 3);
            JsonObject up;
            try
            {
                up = chain.FindPath("1", "2")!.Apply((JsonObject)before.DeepClone());
            }
            catch (StoreException)
            {
                // It is not as the change says.
                continue;
            }

            applied++;
            var down = chain.FindPath("2", "1")!.Apply(up);
            Assert.True(
                JsonNode.DeepEquals(before, down),
                $"{changes}: {before.ToJsonString()} came back as {down.ToJsonString()}. {seed}");
        }

        Assert.True(applied > 300, seed.ToString());
    }

    private static string RandomChange(Random random) => random.Next(6) switch
    {
        0 => $$"""{"rename":"{{RandomPath(random)}}","to":"{{RandomName(random)}}"}""",
        1 => RandomMove(random),
        2 => "{\"add\":\"" + RandomPath(random) + "\",\"value\":{\"x\":1}}",
        3 => $$"""{"wrap":"{{RandomPath(random)}}.*","in":"in","typeIn":"type"}""",
        4 => $$"""{"convert":"{{RandomPath(random)}}","from":"{{RandomKind(random)}}","to":"text"}""",
        _ => $$"""{"map":"{{RandomPath(random)}}","values":[[0,"zero"],[1,true],["a",null]],"unlisted":"keep"}""",
    };

    private static string RandomKind(Random random) => random.Next(2) == 0 ? "number" : "boolean";

    private static string RandomMove(Random random)
    {
        var (from, into) = (RandomName(random), RandomName(random));
        return from == into
            ? RandomMove(random)
            : $$"""{"move":"{{from}}","to":"{{into}}.{{RandomName(random)}}"}""";
    }

    private static string RandomPath(Random random) => random.Next(3) switch
    {
        0 => RandomName(random),
        1 => $"{RandomName(random)}.{RandomName(random)}",
        _ => $"*.{RandomName(random)}",
    };

    private static string RandomName(Random random) => new[] { "a", "b", "c", "d" }[random.Next(4)];

    private static JsonObject RandomObject(Random random, int depth)
    {
        // An object that is empty is not told from one that is not there when a move goes back.
        var made = new JsonObject { ["z"] = random.Next(3) };
        foreach (var name in new[] { "a", "b", "c", "d" })
        {
            if (random.Next(2) == 0)
            {
                made[name] = RandomValue(random, depth - 1);
            }
        }

        return made;
    }

    private static JsonNode? RandomValue(Random random, int depth) => random.Next(depth > 0 ? 7 : 5) switch
    {
        0 => null,
        1 => random.Next(3),
        2 => random.Next(2) == 0,
        3 => RandomName(random),
        4 => JsonNode.Parse("1.50"),
        5 => new JsonArray([.. Enumerable.Range(0, random.Next(3)).Select(_ => RandomValue(random, depth - 1))]),
        _ => RandomObject(random, depth),
    };

    private static MigrationChain Parse(string changes) => MigrationFile.Parse(
        $$"""{"baseline":"1","steps":[{"from":"1","to":"2","changes":[{{changes}}]}]}""");

    private static JsonObject Json(string json) => (JsonObject)JsonNode.Parse(json)!;
}
