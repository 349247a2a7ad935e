using Microsoft.AspNetCore.Http;

namespace Undercroft.Monitors.Tests.Execution;

/// <summary>Plans against a real server.</summary>
public sealed class ExecutorTests
{
    [Fact]
    public async Task A_plan_passes_where_all_its_assertions_hold()
    {
        await using var server = await TestServer.StartAsync(static http =>
        {
            http.Response.Headers.ETag = "\"a1\"";
            return http.Response.WriteAsync("""{"items": [{"name": "oak", "price": 12.5}], "ok": true}""");
        });
        var plan = Plans.Asking(
            server.Url,
            "/shop?q=1",
            "JSON",
            """{"subject": "status", "predicate": {"operator": "EQUAL", "expected": 200}}""",
            """
            {"subject": "body", "path": ["items", "0", "name"], "predicate": {"operator": "EQUAL", "expected": "oak"}}
            """,
            """
            {"subject": "body", "path": "$.items[0]['price']", "predicate": {"operator": "LESS_THAN", "expected": 13}}
            """,
            """{"subject": "body", "path": ["ok"], "predicate": "IS_TRUE"}""",
            """{"subject": "headers", "path": "etag", "predicate": {"operator": "CONTAINS", "expected": "a1"}}""",
            """{"subject": "latency", "predicate": {"operator": "GREATER_THAN", "expected": 0}}""");

        var outcome = await Plans.RunAsync(plan);

        Assert.Empty(outcome.Errors);
        Assert.True(outcome.Success);
        Assert.Equal(
            [("ask", NodeStatus.Passed, (int?)200), ("check", NodeStatus.Passed, null)],
            outcome.Nodes.Select(static node => (node.NodeId, node.Status, node.HttpStatus)));
        Assert.Equal(Enumerable.Range(1, outcome.Events.Count), outcome.Events.Select(static one => one.Sequence));
        Assert.Equal(
            [
                RunEventType.MonitorStart, RunEventType.NodeStart, RunEventType.HttpRequest, RunEventType.HttpResponse,
                RunEventType.NodeEnd, RunEventType.NodeStart, .. Enumerable.Repeat(RunEventType.AssertionResult, 6),
                RunEventType.NodeEnd, RunEventType.MonitorEnd,
            ],
            outcome.Events.Select(static one => one.Type));
    }

    [Fact]
    public async Task Xml_is_read_by_xpath_with_the_namespaces_of_its_root()
    {
        await using var server = await TestServer.StartAsync(static http => http.Response.WriteAsync(
            """
            <?xml version="1.0"?><!-- x --><s:shop xmlns:s="urn:s"><s:item price="7">Oak</s:item><s:item/></s:shop>
            """));
        var plan = Plans.Asking(
            server.Url,
            "/",
            "XML",
            """{"subject": "body", "path": "/s:shop/s:item", "predicate": {"operator": "EQUAL", "expected": "Oak"}}""",
            """{"subject": "body", "path": "//s:item/@price", "predicate": {"operator": "EQUAL", "expected": 7}}""",
            """{"subject": "body", "path": "count(//s:item)", "predicate": {"operator": "EQUAL", "expected": 2}}""",
            """{"subject": "body", "path": "//none", "predicate": "IS_NULL"}""",
            """{"subject": "body", "path": ["s:shop", "s:item"], "predicate": "IS_NOT_EMPTY"}""");

        Assert.Empty((await Plans.RunAsync(plan)).Errors);
    }

    [Theory]
    // Atom and sitemaps have a default namespace.
    [InlineData("""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Oak</title></entry></feed>""",
        """["feed", "entry", "title"]""")]
    [InlineData("""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Oak</title></entry></feed>""",
        "\"//entry[title='Oak']/title\"")]
    [InlineData("""<feed xmlns="urn:d"><title>Oak</title></feed>""", "\"//*[local-name()='title']\"")]
    // RSS has none, and elements of others beside its own.
    [InlineData(
        """<rss xmlns:a="urn:a"><channel><a:link href="x"/><link>Oak</link></channel></rss>""",
        """["rss", "channel", "link"]""")]
    // SOAP names the outer ones by prefix, what it carries by default or by a prefix of its own.
    [InlineData(
        """<s:Envelope xmlns:s="urn:s"><s:Body><Answer xmlns="urn:b"><Name>Oak</Name></Answer></s:Body></s:Envelope>""",
        """["s:Envelope", "s:Body", "Answer", "Name"]""")]
    [InlineData(
        """<s:Envelope xmlns:s="urn:s"><s:Body><m:Name xmlns:m="urn:m">Oak</m:Name></s:Body></s:Envelope>""",
        """["s:Envelope", "s:Body", "m:Name"]""")]
    public async Task Names_in_xml_are_as_the_body_writes_them(string body, string path)
    {
        await using var server = await TestServer.StartAsync(http => http.Response.WriteAsync(body));
        var plan = Plans.Asking(
            server.Url,
            "/",
            "XML",
            $$$"""{"subject": "body", "path": {{{path}}}, "predicate": {"operator": "EQUAL", "expected": "Oak"}}""");

        Assert.Empty((await Plans.RunAsync(plan)).Errors);
    }

    [Fact]
    public async Task What_fails_is_told_and_what_follows_is_left_out()
    {
        var asked = 0;
        await using var server = await TestServer.StartAsync(http =>
        {
            _ = Interlocked.Increment(ref asked);
            http.Response.StatusCode = 503;
            return http.Response.WriteAsync("down");
        });
        var plan = PlanText.Read(
            $$"""
            {
              "name": "branches",
              "nodes": [
                {"id": "a", "type": "HTTP_REQUEST", "base": "{{server.Url}}", "response_format": "TEXT"},
                {"id": "bad", "type": "ASSERTION", "assertions": [
                  {"nodeId": "a", "subject": "status", "predicate": {"operator": "EQUAL", "expected": 200} },
                  {"nodeId": "a", "subject": "body", "predicate": {"operator": "STARTS_WITH", "expected": "up"} }]},
                {"id": "b", "type": "HTTP_REQUEST", "base": "{{server.Url}}"},
                {"id": "good", "type": "ASSERTION", "assertions": [
                  {"nodeId": "a", "subject": "status", "predicate": {"operator": "EQUAL", "expected": 503} }]}
              ],
              "edges": [
                {"from": "__START__", "to": "a"}, {"from": "a", "to": "bad"}, {"from": "bad", "to": "b"},
                {"from": "b", "to": "__END__"}, {"from": "a", "to": "good"}, {"from": "good", "to": "__END__"}]
            }
            """);

        var outcome = await Plans.RunAsync(plan);

        Assert.False(outcome.Success);
        Assert.Equal(1, asked);
        Assert.Equal(
            [NodeStatus.Passed, NodeStatus.Failed, NodeStatus.Skipped, NodeStatus.Passed],
            outcome.Nodes.Select(static node => node.Status));
        Assert.Equal(
            ["bad: a status: expected EQUAL 200, found 503; a body: expected STARTS_WITH \"up\", found \"down\""],
            outcome.Errors);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task A_header_of_the_body_is_sent_where_the_plan_has_no_body(string method)
    {
        string? seen = null;
        await using var server = await TestServer.StartAsync(http =>
        {
            seen = $"{http.Request.ContentType}|{http.Request.Headers.ContentLanguage}|{http.Request.ContentLength}";
            return Task.CompletedTask;
        });
        var plan = PlanText.Read(
            $$"""
            {"name": "bare", "nodes": [{"id": "a", "type": "HTTP_REQUEST", "method": "{{method}}",
              "base": "{{server.Url}}",
              "headers": {"Content-Type": "application/vnd.api+json", "Content-Language": "de"} }]}
            """);

        var outcome = await Plans.RunAsync(plan, Plans.Local);

        Assert.Empty(outcome.Errors);
        Assert.Equal("application/vnd.api+json|de|0", seen);
    }

    [Fact]
    public async Task Variables_secrets_and_literals_are_put_in_and_no_secret_is_told()
    {
        const string secret = "s3cr3t+/= \"quoted\"";
        string? seen = null;
        await using var server = await TestServer.StartAsync(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            seen = $"{http.Request.Headers["X-Token"]}|{http.Request.ContentType}|{await reader.ReadToEndAsync()}";
            http.Response.Headers["X-Echo"] = http.Request.Headers["X-Token"];
            await http.Response.WriteAsync($$"""{"token": {{PlanValue.Text(http.Request.Headers["X-Token"]!)}}}""");
        });
        var plan = PlanText.Read(
            $$"""
            {
              "name": "secret", "environment": "blue", "variables": {"host": "nowhere", "who": "Ann"},
              "nodes": [
                {"id": "a", "type": "HTTP_REQUEST", "method": "POST", "base": {"$variable": {"key": "host"} },
                 "path": {"$variable": {"key": "who", "template": "/hello/${key}"} },
                 "headers": {"X-Token": {"$secret": {"provider": "env", "ref": "TOKEN"} } },
                 "body": {"who": {"$variable": {"key": "who"} }, "as": {"$literal": {"$variable": 1} } } },
                {"id": "c", "type": "ASSERTION", "assertions": [
                  {"nodeId": "a", "subject": "body", "path": ["token"],
                   "predicate": {"operator": "EQUAL", "expected": {"$secret": {"provider": "env", "ref": "TOKEN"} } } },
                  {"nodeId": "a", "subject": "body", "path": ["token"], "predicate": "IS_NULL"},
                  {"nodeId": "a", "subject": "headers", "path": "x-echo",
                   "predicate": {"operator": "STARTS_WITH", "expected": "no"} }]}
              ]
            }
            """);
        var options = Plans.Local;
        options.Secrets =
            [new EnvironmentSecretProvider(name => name == "UNDERCROFT_SECRET_TOKEN" ? secret : null)];
        options.Variables = new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            ["blue"] = new Dictionary<string, string> { ["host"] = server.Url },
        };

        var outcome = await Plans.RunAsync(plan, options);

        Assert.Equal($$"""{{secret}}|application/json|{"who":"Ann","as":{"$variable":1} }""".Replace(
            "} }", "}}", StringComparison.Ordinal), seen);
        var told = string.Join("\n", [.. outcome.Errors, .. outcome.Events.Select(static one => one.Message)]);
        Assert.Contains("c: a body token: expected IS_NULL, found \"•••\"", told, StringComparison.Ordinal);
        Assert.Contains("expected STARTS_WITH \"no\", found \"•••\"", told, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"$variable\": {\"key\": \"none\"}}", "the variable 'none' has no value in the environment")]
    [InlineData("{\"$secret\": {\"provider\": \"vault\", \"ref\": \"x\"}}",
        "there is no provider of secrets 'vault' here; there are [env]")]
    [InlineData("{\"$secret\": {\"provider\": \"env\", \"ref\": \"x\"}}", "the secret 'x' is not known to 'env'")]
    public async Task What_nobody_knows_fails_the_node(string value, string expected)
    {
        var plan = PlanText.Read(
            $$"""
            {"name": "x", "nodes": [{"id": "a", "type": "HTTP_REQUEST", "base": "http://127.0.0.1:9",
             "headers": {"X": {{value}}} }]}
            """);
        var options = Plans.Local;
        options.Secrets = [new EnvironmentSecretProvider(static _ => null)];

        var outcome = await Plans.RunAsync(plan, options);

        Assert.Contains(expected, Assert.Single(outcome.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_run_throws()
    {
        using var asked = new SemaphoreSlim(0);
        await using var server = await TestServer.StartAsync(async http =>
        {
            _ = asked.Release();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        });
        using var cancel = new CancellationTokenSource();
        var plan = Plans.Asking(
            server.Url, "/", "JSON", """{"subject": "status", "predicate": "IS_NOT_NULL"}""");
        var running = new MonitorExecutor(Plans.Local).RunAsync(plan, cancellationToken: cancel.Token);
        await asked.WaitAsync(TestContext.Current.CancellationToken);
        await cancel.CancelAsync();

        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }
}
