using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Undercroft.Testing;

namespace Undercroft.Monitors.Tests.Execution;

/// <summary>Servers that do their worst: each run ends, and says why.</summary>
public sealed class HostileServerTests
{
    private const string Present = """{"subject": "body", "predicate": "IS_NOT_NULL"}""";
    private const string Doctype =
        "the body has a document type (DOCTYPE), which monitors do not read. Send the XML without one.";

    [Fact]
    public async Task An_address_that_is_not_allowed_is_refused_where_the_connection_is_made()
    {
        var asked = 0;
        await using var server = await TestServer.StartAsync(http =>
        {
            _ = Interlocked.Increment(ref asked);
            return Task.CompletedTask;
        });
        var options = new MonitorExecutorOptions { Resolver = (_, _) => new([IPAddress.Parse("::ffff:127.0.0.1")]) };

        var literal = await Plans.RunAsync(Plans.Asking(server.Url, "/", "JSON", Present), options);
        var named = await Plans.RunAsync(
            Plans.Asking($"http://public.example:{server.Port}", "/", "JSON", Present), options);

        Assert.Equal(0, asked);
        Assert.Contains("'127.0.0.1' is at 127.0.0.1, an address that plans may not reach here",
            Assert.Single(literal.Errors), StringComparison.Ordinal);
        Assert.Contains("'public.example' is at ::ffff:127.0.0.1, an address that plans may not reach",
            Assert.Single(named.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_to_an_address_that_is_not_allowed_is_refused()
    {
        await using var server = await TestServer.StartAsync(static http =>
        {
            http.Response.Redirect("http://inside.example/secret");
            return Task.CompletedTask;
        });
        var options = Plans.Local;
        options.Resolver = static (_, _) => new([IPAddress.Parse("169.254.169.254")]);

        var outcome = await Plans.RunAsync(Plans.Asking(server.Url, "/", "JSON", Present), options);

        Assert.Contains(
            "'inside.example' is at 169.254.169.254", Assert.Single(outcome.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirects_are_followed_counted_and_lose_credentials_between_hosts()
    {
        var seen = new List<string>();
        await using var other = await TestServer.StartAsync(http =>
        {
            seen.Add($"other {http.Request.Method} {http.Request.Headers.Authorization}");
            return http.Response.WriteAsync("{}");
        });
        await using var server = await TestServer.StartAsync(http =>
        {
            seen.Add($"{http.Request.Path} {http.Request.Method} {http.Request.Headers.Authorization}");
            http.Response.StatusCode = http.Request.Path == "/one" ? 307 : 302;
            http.Response.Headers.Location = http.Request.Path == "/one" ? "/two" : other.Url;
            return Task.CompletedTask;
        });
        var plan = PlanText.Read(
            $$"""
            {"name": "x", "nodes": [{"id": "a", "type": "HTTP_REQUEST", "method": "POST", "base": "{{server.Url}}",
             "path": "one", "headers": {"Authorization": "Bearer me"}, "body": {"a": 1} }]}
            """);

        var outcome = await Plans.RunAsync(plan);

        Assert.Empty(outcome.Errors);
        Assert.Equal(["/one POST Bearer me", "/two POST Bearer me", "other GET "], seen);
    }

    [Fact]
    public async Task A_circle_of_redirects_ends()
    {
        await using var server = await TestServer.StartAsync(static http =>
        {
            http.Response.Redirect("/again");
            return Task.CompletedTask;
        });

        var outcome = await Plans.RunAsync(Plans.Asking(server.Url, "/", "JSON", Present));

        Assert.Contains(
            "the server redirects more than 5 times", Assert.Single(outcome.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:///etc/passwd", "redirects to file:")]
    [InlineData("http://a:b@host/", "a URL that carries a name or password")]
    public async Task A_redirect_to_elsewhere_is_refused(string target, string expected)
    {
        await using var server = await TestServer.StartAsync(http =>
        {
            http.Response.StatusCode = 302;
            http.Response.Headers.Location = target;
            return Task.CompletedTask;
        });

        var outcome = await Plans.RunAsync(Plans.Asking(server.Url, "/", "JSON", Present));

        Assert.Contains(expected, Assert.Single(outcome.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_endless_body_is_cut_off(bool isCompressed)
    {
        await using var server = await TestServer.StartAsync(async http =>
        {
            Stream body = http.Response.Body;
            if (isCompressed)
            {
                http.Response.Headers.ContentEncoding = "gzip";
                body = new System.IO.Compression.GZipStream(body, System.IO.Compression.CompressionLevel.Fastest);
            }

            var chunk = new byte[64 * 1024];
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await body.WriteAsync(chunk, http.RequestAborted);
            }
        });
        var options = Plans.Local;
        options.BodyBytesMax = 1_000_000;

        var outcome = await Plans.RunAsync(Plans.Asking(server.Url, "/", "TEXT", Present), options);

        Assert.Contains("has more than 1000000 bytes", Assert.Single(outcome.Errors), StringComparison.Ordinal);
        Assert.Equal(200, outcome.Nodes[0].HttpStatus);
    }

    [Fact]
    public async Task A_body_that_never_ends_runs_into_the_time_limit()
    {
        using var begun = new SemaphoreSlim(0);
        await using var server = await TestServer.StartAsync(async http =>
        {
            await http.Response.WriteAsync("a");
            await http.Response.Body.FlushAsync();
            _ = begun.Release();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        });
        var clock = new ManualClock();
        var running = new MonitorExecutor(Plans.Local, clock).RunAsync(
            Plans.Asking(server.Url, "/", "TEXT", Present), cancellationToken: TestContext.Current.CancellationToken);
        await begun.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(running.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(30));

        var outcome = await running;

        Assert.Contains(
            "no whole response came within 30000 ms", Assert.Single(outcome.Errors), StringComparison.Ordinal);
        Assert.Equal(30_000, outcome.DurationMs);
    }

    [Fact]
    public async Task A_run_as_a_whole_has_a_time_limit()
    {
        var clock = new ManualClock();
        var plan = PlanText.Read(
            """{"name": "x", "nodes": [{"id": "w", "type": "WAIT", "duration_ms": 600000}]}""");
        var running = new MonitorExecutor(clock: clock).RunAsync(
            plan, cancellationToken: TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Contains(
            "the run was ended after 300 s", Assert.Single((await running).Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_fails_the_node()
    {
        await using var server = await TestServer.StartAsync(static http => http.Response.WriteAsync("{}"), true);

        var outcome = await Plans.RunAsync(Plans.Asking(server.Url, "/", "JSON", Present));

        Assert.Matches(
            @"no encrypted connection could be made: .*[^.]\. Look at the server's certificate\.$",
            Assert.Single(outcome.Errors));
    }

    [Fact]
    [SuppressMessage("Reliability", "CA2025", Justification = "The answer is awaited before the listener goes.")]
    public async Task A_server_that_is_not_there_or_talks_nonsense_fails_the_node()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var url = $"http://127.0.0.1:{port}";
        var answering = AnswerAsync(listener);

        var nonsense = await Plans.RunAsync(Plans.Asking(url, "/", "JSON", Present));
        await answering;
        listener.Stop();
        var gone = await Plans.RunAsync(Plans.Asking(url, "/", "JSON", Present));

        Assert.Contains(
            "the exchange with the server failed", Assert.Single(nonsense.Errors), StringComparison.Ordinal);
        Assert.Contains(
            "cannot be reached: nothing listens at its port", Assert.Single(gone.Errors), StringComparison.Ordinal);

        static async Task AnswerAsync(TcpListener listener)
        {
            using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            var stream = client.GetStream();
            _ = await stream.ReadAsync(new byte[100], TestContext.Current.CancellationToken);
            await stream.WriteAsync("220 smtp ready\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData("JSON", "", "the body is empty; expected JSON")]
    [InlineData("JSON", "{\"a\": }", "the body is no JSON: line 1")]
    [InlineData("XML", "<a><b></a>", "the body is no XML that monitors read")]
    [InlineData("XML", "<!DOCTYPE a [<!ENTITY x \"xxxxx\"><!ENTITY y \"&x;&x;&x;\">]><a>&y;</a>", Doctype)]
    [InlineData("XML", "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", Doctype)]
    [InlineData("JSON", "{\"a\": [0, \"\\ud800\"]}", "the body, at a[1], holds half of a surrogate pair")]
    [InlineData("JSON", "{\"a\": {\"\\ud800\": 1}}", "the body, at a, has a member whose name holds half of a")]
    public async Task A_body_of_another_form_fails_the_assertion(string format, string body, string expected)
    {
        await using var server = await TestServer.StartAsync(http => http.Response.WriteAsync(body));

        var outcome = await Plans.RunAsync(Plans.Asking(server.Url, "/", format, Present));

        Assert.Contains(expected, Assert.Single(outcome.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0x22, 0xFF, 0xFE, 0x22 }, "the body holds half of a surrogate pair, or bytes that are no")]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x5B, 0, 0x5D, 0 }, "the body is in UTF-16 or UTF-32; expected UTF-8")]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF }, "the body is no JSON: line 1, byte 1")]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, 0x5B, 0x5D }, null)]
    public async Task Bytes_that_are_no_JSON_are_said_and_a_mark_of_UTF_8_is_skipped(byte[] body, string? expected)
    {
        await using var server = await TestServer.StartAsync(http => http.Response.Body.WriteAsync(body).AsTask());

        var outcome = await Plans.RunAsync(Plans.Asking(server.Url, "/", "JSON", Present));
        var text = await Plans.RunAsync(Plans.Asking(
            server.Url, "/", "TEXT", """{"subject": "body", "predicate": {"operator": "EQUAL", "expected": "[]"}}"""));

        if (expected is null)
        {
            Assert.Empty(outcome.Errors);
            Assert.Empty(text.Errors);
        }
        else
        {
            Assert.Contains(expected, Assert.Single(outcome.Errors), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("text/plain; charset=iso-8859-1", new byte[] { 0xE9 }, true)]
    [InlineData("text/plain; charset=\"windows-1252\"", new byte[] { 0xE9 }, true)]
    [InlineData("text/plain; charset=utf-16", new byte[] { 0xE9, 0 }, true)]
    [InlineData("text/plain; charset=iso-8859-1", new byte[] { 0xEF, 0xBB, 0xBF, 0xC3, 0xA9 }, true)]
    [InlineData("text/plain; charset=nonsense", new byte[] { 0xC3, 0xA9 }, true)]
    [InlineData("text/plain; charset=utf-7", new byte[] { 0xC3, 0xA9 }, true)]
    [InlineData("text/plain", new byte[] { 0xC3, 0xA9 }, true)]
    [InlineData("text/plain", new byte[] { 0xE9 }, false)]
    public async Task Text_is_read_in_the_encoding_its_server_names(string type, byte[] body, bool isSame)
    {
        await using var server = await TestServer.StartAsync(http =>
        {
            http.Response.ContentType = type;
            return http.Response.Body.WriteAsync(body).AsTask();
        });

        var outcome = await Plans.RunAsync(Plans.Asking(
            server.Url, "/", "TEXT", """{"subject": "body", "predicate": {"operator": "EQUAL", "expected": "é"}}"""));

        Assert.Equal(isSame, outcome.Errors.Count == 0);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "the server ended the connection before its response")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nno",
        "the body of the response is not compressed as its Content-Encoding says")]
    [SuppressMessage("Reliability", "CA2025", Justification = "The answer is awaited before the listener goes.")]
    public async Task A_response_that_ends_too_soon_or_is_not_what_it_says_is_told(string sent, string expected)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var answering = AnswerAsync();

        var outcome = await Plans.RunAsync(Plans.Asking($"http://127.0.0.1:{port}", "/", "TEXT", Present));
        await answering;

        Assert.Contains(expected, Assert.Single(outcome.Errors), StringComparison.Ordinal);

        async Task AnswerAsync()
        {
            using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            var stream = client.GetStream();

            // All of it: what is left unread would end the connection otherwise.
            using var reader = new StreamReader(stream, leaveOpen: true);
            while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 })
            {
            }

            await stream.WriteAsync(Encoding.ASCII.GetBytes(sent), TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Deep_bodies_end_in_a_sentence_too()
    {
        await using var server = await TestServer.StartAsync(static http => http.Response.WriteAsync(
            http.Request.Path == "/json"
                ? new string('[', 100_000)
                : string.Concat(Enumerable.Repeat("<a>", 100_000))));

        var json = await Plans.RunAsync(Plans.Asking(server.Url, "/json", "JSON", Present));
        var xml = await Plans.RunAsync(Plans.Asking(server.Url, "/xml", "XML", Present));

        Assert.Contains(
            "the body is JSON that is nested more than 128 deep", Assert.Single(json.Errors), StringComparison.Ordinal);
        Assert.Contains("nested more than 128 deep", Assert.Single(xml.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_xpath_expression_that_would_never_end_is_given_up()
    {
        var body = new StringBuilder("<a>").Insert(3, "<b><c/></b>", 5_000).Append("</a>").ToString();
        await using var server = await TestServer.StartAsync(http => http.Response.WriteAsync(body));
        var plan = Plans.Asking(
            server.Url,
            "/",
            "XML",
            """
            {"subject": "body", "path": "count(//*[count(//*[count(//*) > 1]) > 1])",
             "predicate": {"operator": "EQUAL", "expected": 1}}
            """);

        var outcome = await Plans.RunAsync(plan);

        Assert.Contains("takes too many steps", Assert.Single(outcome.Errors), StringComparison.Ordinal);
    }
}
