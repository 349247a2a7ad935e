using System.Text;

namespace Undercroft.Monitors.Tests.Model;

/// <summary>Plans as text: what is read, what is refused and with which words, and older versions.</summary>
public sealed class PlanTextTests
{
    private const string Whole =
        """
        {
          "id": "p1", "version": "2.0", "name": "shop", "organization": "acme", "project": "web",
          "environment": "production", "locations": ["eu-west", "us_1"], "frequency": {"every": 5, "unit": "MINUTE"},
          "enabled": false, "variables": {"host": "https://shop.example"},
          "nodes": [
            {"id": "home", "type": "HTTP_REQUEST", "method": "POST", "base": {"$variable": {"key": "host"}},
             "path": "/a", "headers": {"X-Key": {"$secret": {"provider": "env", "ref": "KEY"}}},
             "body": {"q": [1, {"$variable": {"key": "host", "template": "${key}/x"}}]}, "response_format": "XML",
             "timeout_ms": 1500, "follow_redirects": false},
            {"id": "pause", "type": "WAIT", "duration_ms": 20},
            {"id": "check", "type": "ASSERTION", "assertions": [
              {"nodeId": "home", "subject": "body", "path": ["//price"],
               "predicate": {"operator": "LESS_THAN", "expected": 10}},
              {"nodeId": "home", "subject": "headers", "path": ["etag"], "predicate": "IS_NOT_NULL"}]}
          ],
          "edges": [{"from": "__START__", "to": "home"}, {"from": "home", "to": "pause"},
                    {"from": "pause", "to": "check"}, {"from": "check", "to": "__END__"}]
        }
        """;

    [Fact]
    public void What_is_read_is_written_again_and_read_the_same()
    {
        var plan = PlanText.Read(Whole);
        var again = PlanText.Read(PlanText.Write(plan));

        Assert.Equal("shop", plan.Name);
        Assert.Equal(TimeSpan.FromMinutes(5), plan.Frequency!.Interval);
        Assert.False(plan.IsScheduled);
        Assert.Equal(["eu-west", "us_1"], plan.RunLocations);
        var request = Assert.IsType<HttpRequestNode>(plan.Nodes[0]);
        Assert.Equal(("POST", TimeSpan.FromMilliseconds(1500), false),
            (request.Method, request.Timeout, request.FollowsRedirects));
        Assert.Equal(Encoding.UTF8.GetString(PlanText.Write(plan)), Encoding.UTF8.GetString(PlanText.Write(again)));
    }

    [Fact]
    public void Without_edges_the_nodes_run_one_after_another()
    {
        var plan = Plans.Asking("https://a.example", "/", "JSON", """{"subject": "status", "predicate": "IS_NULL"}""");

        Assert.Equal(
            [new PlanEdge("__START__", "ask"), new PlanEdge("ask", "check"), new PlanEdge("check", "__END__")],
            plan.Edges);
        Assert.Equal([MonitorPlan.DefaultLocation], plan.RunLocations);
    }

    [Theory]
    [InlineData("\"shop\"", "1", "name: found 1; expected a text.")]
    [InlineData("\"name\"", "\"nmae\"", "nmae: no such member is known; expected one of id, version, name")]
    [InlineData("POST", "FETCH", "nodes[0].method: found 'FETCH'; expected one of GET, POST")]
    [InlineData("\"WAIT\"", "\"SLEEP\"", "nodes[1].type: found 'SLEEP'; expected one of HTTP_REQUEST, WAIT, ASSERTION")]
    [InlineData("LESS_THAN", "SMALLER",
        "nodes[2].assertions[0].predicate.operator: found the text 'SMALLER'; expected one of EQUAL, NOT_EQUAL")]
    [InlineData("\"MINUTE\"", "\"FORTNIGHT\"", "frequency.unit: found the text 'FORTNIGHT'; expected one of SECOND")]
    [InlineData("\"every\": 5", "\"every\": 0", "frequency.every: found 0; expected a whole number from 1 to 1000")]
    [InlineData("\"duration_ms\": 20", "\"duration_ms\": -1", "nodes[1].duration_ms: found -1; expected a whole")]
    [InlineData("us_1", "US", "locations[1]: the location 'US' is no name")]
    [InlineData("us_1", "eu-west", "locations[1]: names 'eu-west' a second time")]
    [InlineData("\"id\": \"pause\"", "\"id\": \"home\"", "nodes[1].id: 'home' is taken by another node")]
    [InlineData("\"to\": \"pause\"", "\"to\": \"paws\"", "edges[1].to: there is no node 'paws'; expected __END__")]
    [InlineData("\"from\": \"pause\"", "\"from\": \"__END__\"", "edges[2].from: there is no node '__END__'")]
    [InlineData("\"to\": \"__END__\"", "\"to\": \"home\"", "edges: lead round in a circle: ")]
    [InlineData("\"nodeId\": \"home\", \"subject\": \"body\"", "\"nodeId\": \"pause\", \"subject\": \"body\"",
        "nodes[2].assertions[0].nodeId: there is no HTTP_REQUEST 'pause'")]
    [InlineData("//price", "//price[", "nodes[2].assertions[0].path: '//price[' is no XPath 1.0 expression")]
    [InlineData("\"ref\": \"KEY\"", "\"reff\": \"KEY\"", "nodes[0].headers.X-Key.$secret.reff: no such member")]
    [InlineData("{\"$variable\": {\"key\": \"host\"}}", "\"ftp://x\"", "nodes[0].base: is no URL a monitor asks")]
    [InlineData("{\"$variable\": {\"key\": \"host\"}}", "\"http://me:pass@x\"", "without a name or password")]
    [InlineData("\"2.0\"", "\"7.0\"", "version: found '7.0'; expected one of 1.0, 2.0")]
    [InlineData("{\"q\"", "{\"q\": 1, \"q\"", "It is no JSON: ")]
    [InlineData("\"shop\"", "\"x\\ud800\"", "name: holds half of a surrogate pair")]
    [InlineData("https://shop.example", "\\uDC00", "variables.host: holds half of a surrogate pair")]
    [InlineData("\"X-Key\"", "\"X\\ud800\"", "nodes[0].headers: has a member whose name holds half of a surrogate")]
    [InlineData("\"timeout_ms\"", "\"t\\ud800\"", "nodes[0]: has a member whose name holds half of a surrogate")]
    [InlineData("${key}/x", "\\ud83d\\ud83d", "nodes[0].body.q[1].$variable.template: holds half of a surrogate")]
    [InlineData("\"MINUTE\"", "\"MIN\\ud800\"", "frequency.unit: holds half of a surrogate pair")]
    public void What_is_wrong_is_said_with_its_place(string part, string instead, string expected)
    {
        Assert.Contains(part, Whole, StringComparison.Ordinal);
        var error = Assert.Throws<PlanException>(
            () => PlanText.Read(Whole.Replace(part, instead, StringComparison.Ordinal)));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "It is no JSON: line 1, byte 1: there is nothing.")]
    [InlineData("{\"name\":", "It is no JSON: line 1, byte 9: ")]
    public void What_is_no_JSON_is_said_with_its_place_once(string json, string expected)
    {
        var error = Assert.Throws<PlanException>(() => PlanText.Read(json));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_said_with_their_place_and_whole_pairs_are_read()
    {
        byte[] broken = [.. "{\"name\": \""u8, 0xC3, 0x28, .. "\", \"nodes\": []}"u8];

        Assert.Equal("name", Assert.Single(Assert.Throws<PlanException>(() => PlanText.Read(broken)).Problems).Path);
        Assert.Equal("\U0001F600", PlanText.Read(Whole.Replace(
            "\"shop\"", "\"\\ud83d\\ude00\"", StringComparison.Ordinal)).Name);
    }

    [Fact]
    public void A_cron_expression_is_refused_in_words_of_its_own() => Assert.EndsWith(
        "Correct it, as in '*/5 * * * *'.",
        Assert.Single(Assert.Throws<PlanException>(() => PlanText.Read(Whole.Replace(
            "\"frequency\": {\"every\": 5, \"unit\": \"MINUTE\"}", "\"cron\": \"* *\"", StringComparison.Ordinal)))
            .Problems).Message,
        StringComparison.Ordinal);

    [Fact]
    public void All_problems_are_told_at_once()
    {
        var error = Assert.Throws<PlanException>(() => PlanText.Read("""{"nodes": [{}, {"type": "WAIT"}], "x": 1}"""));

        Assert.Equal(
            ["name", "nodes[0].id", "nodes[0].type", "nodes[1].duration_ms", "nodes[1].id", "x"],
            error.Problems.Select(static problem => problem.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_node_off_the_way_is_an_error()
    {
        var lost = """{"from": "pause", "to": "check"}""";
        var error = Assert.Throws<PlanException>(() => PlanText.Read(Whole.Replace(
            lost, """{"from": "home", "to": "check"}""", StringComparison.Ordinal)));

        Assert.Equal("nodes[1]", Assert.Single(error.Problems).Path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{\"version\": 2}")]
    [InlineData("{\"version\": \"1.0\", \"nodes\": 5, \"frequency\": [], \"edges\": [1]}")]
    [InlineData("{\"version\": \"1.0\", \"name\": \"x\", \"nodes\": [{\"data\": 7, \"type\": 99}]}")]
    public void Nonsense_is_refused_in_one_way(string json) =>
        Assert.NotEmpty(Assert.Throws<PlanException>(() => PlanText.Read(json)).Problems);

    [Fact]
    public void A_plan_larger_than_the_limit_is_refused_before_it_is_read() => Assert.Contains(
        "expected at most 262144",
        Assert.Throws<PlanException>(() => PlanText.Read(new byte[300_000])).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_plan_of_the_first_version_is_brought_to_the_current_one()
    {
        var plan = PlanText.Read(
            """
            {
              "id": "old", "name": "first", "version": "1.0", "endpoint_host": "api.example",
              "frequency": {"every": 1, "unit": 1},
              "nodes": [
                {"id": "a", "type": 0, "data": {"method": 0, "path": "/x", "response_format": 0}},
                {"id": "b", "type": 1, "data": {"duration_ms": 5}},
                {"id": "c", "type": 2, "data": [{"path": ["ok"], "expected": true}]}
              ],
              "edges": [{"from": "a", "to": "b"}, {"from": "b", "to": "c"}]
            }
            """);

        Assert.Equal(new PlanFrequency(1, PlanFrequencyUnit.Hour), plan.Frequency);
        var request = Assert.IsType<HttpRequestNode>(plan.Nodes[0]);
        Assert.Equal(("GET", "\"https://api.example\""), (request.Method, request.Base.ToString()));
        var assertion = Assert.Single(Assert.IsType<AssertionNode>(plan.Nodes[2]).Assertions);
        Assert.Equal(
            ("a", AssertionSubject.Body, AssertionOperator.Equal, "true"),
            (assertion.NodeId, assertion.Subject, assertion.Operator, assertion.Expected!.ToString()));
        Assert.Contains(new PlanEdge("__START__", "a"), plan.Edges);
        Assert.Contains(new PlanEdge("c", "__END__"), plan.Edges);
    }

    [Fact]
    public void A_later_plan_of_the_first_version_is_brought_to_the_current_one()
    {
        var plan = PlanText.Read(
            """
            {
              "name": "second", "version": "1.0", "environment": "default", "frequency": {"every": 2, "unit": "day"},
              "nodes": [
                {"id": "a", "type": "ENDPOINT", "method": "GET", "path": "/x", "base": "http://api.example",
                 "response_format": "JSON"},
                {"id": "c", "type": "ASSERTION", "assertions": [
                  {"assertionType": "JSON", "nodeId": "a", "accessor": "status", "path": [],
                   "predicate": {"operator": "EQUAL", "expected": 200}}]}
              ],
              "edges": [{"from": "__START__", "to": "a"}, {"from": "a", "to": "c"}, {"from": "c", "to": "__END__"}]
            }
            """);

        Assert.Equal(TimeSpan.FromDays(2), plan.Frequency!.Interval);
        Assert.Equal(AssertionSubject.Status, Assert.IsType<AssertionNode>(plan.Nodes[1]).Assertions[0].Subject);
        Assert.Equal(3, plan.Edges.Count);
    }
}
