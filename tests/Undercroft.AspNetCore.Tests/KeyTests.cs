using System.Net;
using Undercroft.Monitors;

namespace Undercroft.AspNetCore.Tests;

/// <summary>Who may call.</summary>
public sealed class KeyTests
{
    private static readonly string Plan = Plans.Watching("https://a.example");

    [Fact]
    public async Task Without_a_key_only_the_document_can_be_read()
    {
        await using var service = await Service.StartAsync(configureApi: static _ => { });

        var answer = await service.Api.GetAsync("/plan");
        var document = await service.Api.GetAsync("/openapi.json");

        Assert.Equal((HttpStatusCode.Unauthorized, "application/problem+json"), (answer.Status, answer.Type));
        Assert.StartsWith("The call carries no key; expected one as", answer.Detail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, document.Status);
    }

    [Theory]
    [InlineData("http://evil.example", "cross-site", 403)]
    [InlineData("http://evil.example", null, 403)]
    [InlineData("null", null, 403)]
    [InlineData(null, "cross-site", 403)]
    [InlineData("http://localhost:1", "same-site", 403)]
    [InlineData("OWN", "same-origin", 404)]
    [InlineData("OWN", null, 404)]
    [InlineData(null, "none", 404)]
    [InlineData(null, null, 404)]
    [InlineData("https://app.example", "cross-site", 404)]
    public async Task Without_keys_a_page_of_another_site_changes_nothing(string? origin, string? site, int status)
    {
        await using var service = await Service.StartAsync(configureApi: static options =>
        {
            options.AllowsAnonymous = true;
            _ = options.AllowedOrigins.Add("https://app.example");
        });
        (string, string)[] headers =
        [
            .. origin is null ? [] : new[] { ("Origin", origin == "OWN" ? service.Api.Url : origin) },
            .. site is null ? [] : new[] { ("Sec-Fetch-Site", site) },
        ];

        var triggered = await service.Api.PostAsync("/plan/x/trigger", null, headers);
        var deleted = await service.Api.DeleteAsync("/plan/x", headers);
        var read = await service.Api.GetAsync("/plan", headers);

        Assert.Equal((status, status, 200), ((int)triggered.Status, (int)deleted.Status, (int)read.Status));
    }

    [Fact]
    public async Task With_keys_the_key_tells_who_calls()
    {
        await using var service = await Service.StartAsync(configureApi: static _ => { });
        var (_, key) = await service.Monitors.Keys.CreateAsync(
            "page", cancellationToken: TestContext.Current.CancellationToken);
        service.Api.Key = key;

        var made = await service.Api.PostAsync("/plan", Plan, ("Origin", "https://app.example"));

        Assert.Equal(HttpStatusCode.Created, made.Status);
    }

    [Fact]
    public async Task A_key_allows_what_it_is_made_for_until_it_is_revoked()
    {
        await using var service = await Service.StartAsync(configureApi: static _ => { });
        var ct = TestContext.Current.CancellationToken;
        var (writing, writer) = await service.Monitors.Keys.CreateAsync("writer", cancellationToken: ct);
        var (_, reader) = await service.Monitors.Keys.CreateAsync("reader", MonitorApiScope.Read, ct);

        service.Api.Key = writer;
        var written = await service.Api.PostAsync("/plan", Plan);
        service.Api.Key = reader;
        var read = await service.Api.GetAsync("/plan");
        var refused = await service.Api.PostAsync("/plan", Plan);
        service.Api.Key = null;
        var byHeader = await service.Api.GetAsync("/plan", ("X-Api-Key", reader));
        service.Api.Key = writer[..^1] + (writer[^1] == '0' ? '1' : '0');
        var wrong = await service.Api.GetAsync("/plan");
        _ = await service.Monitors.Keys.RevokeAsync(writing.Id, ct);
        service.Api.Key = writer;
        var revoked = await service.Api.GetAsync("/plan");

        Assert.Equal(HttpStatusCode.Created, written.Status);
        Assert.Equal(HttpStatusCode.OK, read.Status);
        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.Equal(HttpStatusCode.OK, byHeader.Status);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.Status);
        Assert.Equal(HttpStatusCode.Unauthorized, revoked.Status);
    }

    [Fact]
    public async Task The_text_of_a_key_is_not_kept()
    {
        await using var storage = new Storage(new MemoryStore());
        var ct = TestContext.Current.CancellationToken;
        var (_, text) = await new MonitorApiKeys(storage).CreateAsync("a", cancellationToken: ct);
        var secret = text.Split('_')[2];

        await foreach (var page in storage.FollowAsync(
            FeedCursor.Beginning, new FollowOptions { Waits = false, Detail = RecordDetail.Whole }, ct))
        {
            Assert.DoesNotContain(
                page.Changes,
                change => System.Text.Encoding.UTF8.GetString(change.Value.Span)
                    .Contains(secret, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("ucm_00000000000000000000000000000000_00")]
    [InlineData("ucm_../../../../../../../../../../a/b_00")]
    public async Task What_is_no_key_is_none(string text)
    {
        await using var storage = new Storage(new MemoryStore());

        Assert.Null(await new MonitorApiKeys(storage).FindAsync(text, TestContext.Current.CancellationToken));
    }
}
