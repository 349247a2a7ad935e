using System.Globalization;
using System.Net;

namespace Undercroft.AspNetCore.Tests;

/// <summary>The endpoints of plans.</summary>
public sealed class PlanApiTests
{
    private static readonly string Plan = Plans.Watching("https://a.example");

    [Fact]
    public async Task A_plan_is_made_read_replaced_and_deleted_by_its_etag()
    {
        await using var service = await Service.StartAsync();
        var api = service.Api;

        var made = await api.PostAsync("/plan", Plan);
        var id = (string)made.Json!["id"]!;
        var read = await api.GetAsync($"/plan/{id}");
        var seen = await api.GetAsync($"/plan/{id}", ("If-None-Match", made.ETag!));
        var blind = await api.PutAsync($"/plan/{id}", Plan);
        var replaced = await api.PutAsync(
            $"/plan/{id}", Plans.Watching("https://b.example"), ("If-Match", made.ETag!));
        var late = await api.PutAsync($"/plan/{id}", Plan, ("If-Match", made.ETag!));
        var named = await api.GetAsync("/plan/by-name?name=watch");
        var lateDelete = await api.DeleteAsync($"/plan/{id}", ("If-Match", made.ETag!));
        var deleted = await api.DeleteAsync($"/plan/{id}", ("If-Match", replaced.ETag!));
        var gone = await api.GetAsync($"/plan/{id}");

        Assert.Equal((HttpStatusCode.Created, $"/plan/{id}"), (made.Status, made.Location));
        Assert.Equal((HttpStatusCode.OK, made.Text, made.ETag), (read.Status, read.Text, read.ETag));
        Assert.Equal((HttpStatusCode.NotModified, ""), (seen.Status, seen.Text));
        Assert.Equal(HttpStatusCode.PreconditionRequired, blind.Status);
        Assert.Equal(HttpStatusCode.OK, replaced.Status);
        Assert.NotEqual(made.ETag, replaced.ETag);
        Assert.Equal(HttpStatusCode.PreconditionFailed, late.Status);
        Assert.Equal((replaced.Text, replaced.ETag), (named.Text, named.ETag));
        Assert.Equal(HttpStatusCode.PreconditionFailed, lateDelete.Status);
        Assert.Equal(HttpStatusCode.NoContent, deleted.Status);
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (gone.Status, gone.Type));
        Assert.StartsWith($"There is no plan '{id}'.", gone.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"r999\", {0}", true)]
    [InlineData("{0},\"else, where\"", true)]
    [InlineData(", \"a\" ,, {0} ,", true)]
    [InlineData("\"r999\", \"r998\"", false)]
    [InlineData("\"r999\", W/{0}", false)]
    [InlineData("W/{0}", false)]
    [InlineData("r1", false)]
    [InlineData("*", true)]
    public async Task Of_several_etags_one_that_is_there_is_enough_and_a_weak_one_is_not(string header, bool holds)
    {
        await using var service = await Service.StartAsync();
        var made = await service.Api.PostAsync("/plan", Plan);
        var path = $"/plan/{(string)made.Json!["id"]!}";
        var sent = string.Format(CultureInfo.InvariantCulture, header, made.ETag);

        var replaced = await service.Api.PutAsync(path, Plans.Watching("https://b.example"), ("If-Match", sent));
        var again = string.Format(CultureInfo.InvariantCulture, header, replaced.ETag ?? made.ETag);
        var deleted = await service.Api.DeleteAsync(path, ("If-Match", again));

        Assert.Equal(holds ? HttpStatusCode.OK : HttpStatusCode.PreconditionFailed, replaced.Status);
        Assert.Equal(holds ? HttpStatusCode.NoContent : HttpStatusCode.PreconditionFailed, deleted.Status);
    }

    [Theory]
    [InlineData("\"a,b\", W/{0}", HttpStatusCode.NotModified)]
    [InlineData("*", HttpStatusCode.NotModified)]
    [InlineData("\"r999\"", HttpStatusCode.OK)]
    public async Task What_was_seen_under_any_of_several_etags_is_not_sent_again(string header, HttpStatusCode expected)
    {
        await using var service = await Service.StartAsync();
        var made = await service.Api.PostAsync("/plan", Plan);

        var read = await service.Api.GetAsync(
            $"/plan/{(string)made.Json!["id"]!}",
            ("If-None-Match", string.Format(CultureInfo.InvariantCulture, header, made.ETag)));

        Assert.Equal(expected, read.Status);
    }

    [Fact]
    public async Task What_is_wrong_with_a_plan_is_told_by_place()
    {
        await using var service = await Service.StartAsync();

        var answer = await service.Api.PostAsync(
            "/plan", Plan.Replace("EQUAL", "EQUALS", StringComparison.Ordinal));

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.Status, answer.Type));
        var error = Assert.Single(answer.Json!["errors"]!.AsArray())!;
        Assert.Equal("nodes[1].assertions[0].predicate.operator", (string)error["path"]!);
        Assert.StartsWith(
            "found the text 'EQUALS'; expected one of", (string)error["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_plans_of_one_name_or_id_are_a_conflict()
    {
        await using var service = await Service.StartAsync();
        _ = await service.Api.PostAsync("/plan", Plan);
        var withId = Plans.Watching("https://a.example", "other", "\"id\": \"x\", ");

        var sameName = await service.Api.PostAsync("/plan", Plan);
        var first = await service.Api.PostAsync("/plan", withId);
        var sameId = await service.Api.PostAsync("/plan", withId.Replace("other", "third", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.Conflict, sameName.Status);
        Assert.Contains("Another plan of this environment has this name", sameName.Text, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Created, "/plan/x"), (first.Status, first.Location));
        Assert.Equal(HttpStatusCode.Conflict, sameId.Status);
    }

    [Fact]
    public async Task Plans_are_listed_in_pages_by_name()
    {
        await using var service = await Service.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            _ = await service.Api.PostAsync("/plan", Plans.Watching("https://a.example", $"p{i}"));
        }

        var names = new List<string>();
        string? cursor = null;
        do
        {
            var page = await service.Api.GetAsync(
                "/plan?limit=2" + (cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}"));
            Assert.Equal(HttpStatusCode.OK, page.Status);
            names.AddRange(page.Json!["items"]!.AsArray().Select(static item => (string)item!["plan"]!["name"]!));
            cursor = (string?)page.Json["next"];
        }
        while (cursor is not null);

        Assert.Equal(["p0", "p1", "p2", "p3", "p4"], names);
    }

    [Theory]
    [InlineData("/plan?limit=0", 400)]
    [InlineData("/plan?limit=x", 400)]
    [InlineData("/plan?limit=501", 400)]
    [InlineData("/plan?cursor=nonsense", 400)]
    [InlineData("/plan/by-name", 400)]
    [InlineData("/plan/by-name?name=none", 404)]
    [InlineData("/plan/none/statistics", 404)]
    [InlineData("/runs?status=odd", 400)]
    [InlineData("/runs?success=maybe", 400)]
    [InlineData("/runs?from=yesterday", 400)]
    [InlineData("/runs?satus=failed", 400)]
    [InlineData("/agents/locations?limit=1", 400)]
    [InlineData("/runs/none", 404)]
    [InlineData("/runs/none/events", 404)]
    public async Task A_question_that_makes_no_sense_is_a_problem(string path, int status)
    {
        await using var service = await Service.StartAsync();

        var answer = await service.Api.GetAsync(path);

        Assert.Equal((status, "application/problem+json"), ((int)answer.Status, answer.Type));
        Assert.Equal(status, (int)answer.Json!["status"]!);
        Assert.NotEmpty(answer.Detail);
    }

    [Theory]
    [InlineData("a/b c?#%2f")]
    [InlineData("..")]
    [InlineData("by-name")]
    public async Task An_id_that_no_URL_reaches_is_refused(string id)
    {
        await using var service = await Service.StartAsync();

        var answer = await service.Api.PostAsync(
            "/plan", Plans.Watching("https://a.example", schedule: $"\"id\": \"{id}\", "));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("id", (string)Assert.Single(answer.Json!["errors"]!.AsArray())!["path"]!);
    }

    [Fact]
    public async Task Half_of_a_pair_is_refused_by_its_place()
    {
        await using var service = await Service.StartAsync();

        var plan = await service.Api.PostAsync("/plan", Plan.Replace("watch", "\\ud800", StringComparison.Ordinal));
        var agent = await service.Api.PostAsync("/agents/register", """{"metadata": {"\ud800": "\ud800"}}""");

        Assert.Equal(HttpStatusCode.BadRequest, plan.Status);
        Assert.Equal("name", (string)Assert.Single(plan.Json!["errors"]!.AsArray())!["path"]!);
        Assert.Equal(HttpStatusCode.BadRequest, agent.Status);
    }

    [Fact]
    public async Task A_method_that_is_not_known_is_a_problem_and_what_can_be_read_can_be_asked_for()
    {
        await using var service = await Service.StartAsync();

        var unknown = await service.Api.SendAsync(HttpMethod.Patch, "/plan/x", null);
        var document = await service.Api.DeleteAsync("/openapi.json");
        var asked = await service.Api.SendAsync(HttpMethod.Head, "/plan", null);
        var missing = await service.Api.SendAsync(HttpMethod.Head, "/plan/x", null);

        Assert.Equal((HttpStatusCode.MethodNotAllowed, "application/problem+json"), (unknown.Status, unknown.Type));
        Assert.Equal(
            "The method 'PATCH' is not known here; expected GET, HEAD, PUT, DELETE.", unknown.Detail);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, document.Status);
        Assert.Equal((HttpStatusCode.OK, ""), (asked.Status, asked.Text));
        Assert.Equal((HttpStatusCode.NotFound, ""), (missing.Status, missing.Text));
    }

    [Fact]
    public async Task Bodies_have_a_type_and_a_limit()
    {
        await using var service = await Service.StartAsync(configureApi: static options =>
        {
            options.AllowsAnonymous = true;
            options.BodyBytesMax = 2000;
        });

        var form = await service.Api.PostAsync("/plan", Plan, ("Content-Type", "text/plain"));
        var large = await service.Api.PostAsync("/plan", $"{Plan}{new string(' ', 3000)}");
        var nothing = await service.Api.PostAsync("/plan", "");

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, form.Status);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.Status);
        Assert.Equal(HttpStatusCode.BadRequest, nothing.Status);
    }

    [Fact]
    public async Task A_body_is_UTF_8_and_an_answer_shows_quotes_as_they_are()
    {
        await using var service = await Service.StartAsync();

        var named = await service.Api.PostAsync("/plan", Plan, ("Content-Type", "application/json; charset=utf-16"));
        var wide = await service.Api.PostAsync("/plan", string.Concat(Plan.Select(static one => $"{one}\0")));
        var quoted = await service.Api.PostAsync(
            "/plan", "\uFEFF" + Plan, ("Content-Type", "application/json; charset=\"UTF-8\""));

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, named.Status);
        Assert.Equal("The body is in 'utf-16'; expected UTF-8, as JSON is sent.", named.Detail);
        Assert.Contains("'utf-16'", named.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, wide.Status);
        Assert.Equal("The body is in UTF-16 or UTF-32; expected UTF-8, as JSON is sent.", wide.Detail);
        Assert.Equal(HttpStatusCode.Created, quoted.Status);
    }
}
