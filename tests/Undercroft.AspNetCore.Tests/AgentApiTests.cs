using System.Net;

namespace Undercroft.AspNetCore.Tests;

/// <summary>The endpoints of agents.</summary>
public sealed class AgentApiTests
{
    [Fact]
    public async Task Agents_make_themselves_known_and_are_counted_by_location()
    {
        await using var service = await Service.StartAsync(static options => options.RunsWorker = false);
        var api = service.Api;

        var one = await api.PostAsync("/agents/register", """{"location": "eu", "metadata": {"host": "a"}}""");
        var two = await api.PostAsync("/agents/register", "{}");
        var id = (string)one.Json!["id"]!;
        var beat = await api.PostAsync($"/agents/{id}/heartbeat");
        var locations = await api.GetAsync("/agents/locations");
        var listed = await api.GetAsync("/agents?location=eu");
        var removed = await api.DeleteAsync($"/agents/{id}");
        var lost = await api.PostAsync($"/agents/{id}/heartbeat");

        Assert.Equal(HttpStatusCode.Created, one.Status);
        Assert.Equal(("eu", true), ((string)one.Json["location"]!, (bool)one.Json["isOnline"]!));
        Assert.Equal("default", (string)two.Json!["location"]!);
        Assert.Equal(HttpStatusCode.NoContent, beat.Status);
        Assert.Equal(
            """[{"name":"default","online":1,"agents":1},{"name":"eu","online":1,"agents":1}]""",
            locations.Json!["locations"]!.ToJsonString());
        Assert.Equal(id, (string)listed.Json!["agents"]!.AsArray().Single()!["id"]!);
        Assert.Equal(HttpStatusCode.NoContent, removed.Status);
        Assert.Equal(HttpStatusCode.NotFound, lost.Status);
    }

    [Theory]
    [InlineData("""{"location": "EU West"}""", "The location 'EU West' is no name")]
    [InlineData("""{"location": 7}""", "The body does not read as expected")]
    [InlineData("null", "The body is null")]
    [InlineData("{", "The body does not read as expected")]
    [InlineData(
        """{"location": 7}""",
        "The body does not read as expected at 'location': the value has another type than is expected there.")]
    [InlineData(
        """{"locatoin": "eu"}""",
        "The body does not read as expected: the member 'locatoin' is not known here. Correct it, or leave it out.")]
    [InlineData("""{"metadata": {"a": null}}""", "The metadata 'a' of an agent is null.")]
    public async Task Nonsense_is_a_problem(string body, string expected)
    {
        await using var service = await Service.StartAsync();

        var answer = await service.Api.PostAsync("/agents/register", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.StartsWith(expected, answer.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", answer.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("|", answer.Detail, StringComparison.Ordinal);
    }
}
