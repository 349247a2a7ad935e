using System.Net;

namespace Undercroft.AspNetCore.Tests;

/// <summary>The service on one SQLite file, and what it says where it cannot be started.</summary>
public sealed class ServeTests : ServeConformance, IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("undercroft-serve-");

    protected override string Store => $"sqlite:{folder.FullName}/monitors.db";

    [Fact]
    public async Task A_port_that_is_taken_is_one_sentence()
    {
        await using var service = await ServeAsync();
        await using var second = await UndercroftProcess.StartAsync(
            "serve", "--store", "memory:", "--urls", service.Url);

        var (code, error) = await second.EndAsync();

        Assert.Equal(1, code);
        Assert.EndsWith(
            $"undercroft: Cannot listen on {service.Url}: another program has the port. End it, or choose another by "
            + "--urls.\n",
            error.ReplaceLineEndings("\n"),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://nohost.invalid:0", "nohost.invalid")]
    [InlineData("http://localhost.example:0", "localhost.example")]
    public async Task A_name_that_is_no_address_is_refused(string url, string name)
    {
        await using var service = await UndercroftProcess.StartAsync("serve", "--store", "memory:", "--urls", url);

        var (code, error) = await service.EndAsync();

        Assert.Equal(2, code);
        Assert.Contains(
            $"--urls is '{url}'; expected an address of this machine or localhost as its host, found the name "
            + $"'{name}'.",
            error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_others_can_call_keys_are_wanted()
    {
        await using var open = await UndercroftProcess.StartAsync(
            "serve", "--store", Store, "--urls", "http://0.0.0.0:0");
        var (code, error) = await open.EndAsync();
        await using var made = await UndercroftProcess.StartAsync("monitors", "keys", "create", "me", "--store", Store);
        await using var service = await ServeAsync("--require-keys");
        using var api = new Api(service.Url);

        var without = await api.GetAsync("/plan");
        api.Key = (string)made.Announced!["key"]!;
        var with = await api.GetAsync("/plan");

        Assert.Equal(2, code);
        Assert.Contains("Callers need a key here, and there is none. Make one: 'undercroft monitors keys create", error,
            StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, without.Status);
        Assert.Equal(HttpStatusCode.OK, with.Status);
    }

    [Fact]
    public async Task Without_keys_a_page_of_another_site_is_refused_and_what_is_not_there_is_said()
    {
        await using var service = await ServeAsync();
        using var api = new Api(service.Url);

        var foreign = await api.GetAsync("/plan", ("Host", "evil.example"));
        var page = await api.PostAsync(
            "/plan/x/trigger", null, ("Origin", "http://evil.example"), ("Sec-Fetch-Site", "cross-site"));
        var nothing = await api.GetAsync("/plans");

        Assert.Equal((HttpStatusCode.Forbidden, "application/problem+json"), (foreign.Status, foreign.Type));
        Assert.StartsWith("Without keys this service answers to", foreign.Detail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, page.Status);
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (nothing.Status, nothing.Type));
        Assert.Equal("There is nothing here. GET /openapi.json lists what there is.", nothing.Detail);
    }

    public void Dispose() => folder.Delete(recursive: true);
}
