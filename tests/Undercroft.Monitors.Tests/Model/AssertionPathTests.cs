using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Undercroft.Monitors.Tests.Model;

/// <summary>Paths of assertions: an array holds names, a text is an expression, and both are given back as they came.
/// </summary>
public sealed class AssertionPathTests
{
    [Theory]
    [InlineData("""["$.a"]""", 1)]
    [InlineData("\"$.a\"", 2)]
    [InlineData("""["b", "$.a"]""", 3)]
    [InlineData("\"$['$.a']\"", 1)]
    [InlineData("""["c", 1]""", 5)]
    public async Task An_array_holds_names_and_a_text_is_an_expression(string path, int expected)
    {
        await using var server = await TestServer.StartAsync(static http => http.Response.WriteAsync(
            """{"$.a": 1, "a": 2, "b": {"$.a": 3}, "c": [4, 5]}"""));

        var outcome = await Plans.RunAsync(Plans.Asking(
            server.Url,
            "/",
            "JSON",
            $$"""
            {"subject": "body", "path": {{path}}, "predicate": {"operator": "EQUAL", "expected": {{expected}} } }
            """));

        Assert.Empty(outcome.Errors);
    }

    [Theory]
    [InlineData("JSON", "body", """["$.items[0].name"]""")]
    [InlineData("JSON", "body", "\"$.items[0].name\"")]
    [InlineData("JSON", "headers", """["etag"]""")]
    [InlineData("JSON", "headers", "\"etag\"")]
    [InlineData("XML", "body", """["shop", "item"]""")]
    [InlineData("XML", "body", "\"//item\"")]
    public void A_path_is_written_as_it_was_given(string format, string subject, string path)
    {
        var plan = Plans.Asking(
            "https://a.example", "/", format,
            $$"""{"subject": "{{subject}}", "path": {{path}}, "predicate": "IS_NULL"}""");

        Assert.Equal(JsonNode.Parse(path)!.ToJsonString(), PathOf(plan));
    }

    [Theory]
    [InlineData("JSON", """["$.a"]""", "\"$.a\"")]
    [InlineData("JSON", "\"$.a\"", "\"$.a\"")]
    [InlineData("JSON", """["a"]""", """["a"]""")]
    [InlineData("JSON", "\"a\"", """["a"]""")]
    [InlineData("JSON", """["a", "$.b"]""", """["a","$.b"]""")]
    [InlineData("XML", """["//a"]""", "\"//a\"")]
    [InlineData("XML", "\"//a\"", "\"//a\"")]
    [InlineData("XML", """["a", "b"]""", """["a","b"]""")]
    public void A_plan_of_an_older_version_keeps_its_meaning(string format, string old, string current)
    {
        var plan = PlanText.Read(
            $$"""
            {"version": "2.0", "name": "x", "nodes": [
              {"id": "a", "type": "HTTP_REQUEST", "base": "https://a.example", "response_format": "{{format}}"},
              {"id": "b", "type": "ASSERTION", "assertions": [
                {"nodeId": "a", "subject": "body", "path": {{old}}, "predicate": "IS_NULL"}]}]}
            """);

        Assert.Equal(current, PathOf(plan));
    }

    [Fact]
    public void A_text_that_is_no_expression_is_refused() => Assert.Contains(
        "nodes[1].assertions[0].path: 'items' cannot be read; expected names and positions, such as $.items[0].name",
        Assert.Throws<PlanException>(() => Plans.Asking(
            "https://a.example", "/", "JSON", """{"subject": "body", "path": "items", "predicate": "IS_NULL"}"""))
            .Message,
        StringComparison.Ordinal);

    private static string PathOf(MonitorPlan plan) => JsonNode.Parse(Encoding.UTF8.GetString(PlanText.Write(plan)))!
        ["nodes"]![1]!["assertions"]![0]!["path"]!.ToJsonString();
}
