using System.Text.Json.Nodes;

namespace Undercroft.AspNetCore.Tests;

/// <summary>The document says what is there: all of it, and nothing else.</summary>
public sealed class OpenApiTests
{
    [Fact]
    public async Task The_document_names_each_route_and_no_other()
    {
        await using var service = await Service.StartAsync();
        var document = (await service.Api.GetAsync("/openapi.json")).Json!;

        var documented = document["paths"]!.AsObject().SelectMany(static path =>
            path.Value!.AsObject().Select(method => $"{method.Key.ToUpperInvariant()} {path.Key}"));
        var mapped = service.Endpoints.SelectMany(static endpoint => endpoint.Metadata
                .OfType<Microsoft.AspNetCore.Routing.HttpMethodMetadata>().SelectMany(static one => one.HttpMethods)
                .Where(static method => method != "HEAD")
                .Select(method => $"{method} {endpoint.RoutePattern.RawText}"))
            .Where(static route => route != "GET /openapi.json");

        Assert.Equal(mapped.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", "/", "/plan/x")]
    [InlineData("/watch", "/watch", "/watch/plan/x")]
    [InlineData("/of/{tenant}", "/of/a%20b", "/of/a%20b/plan/x")]
    public async Task What_is_mapped_in_a_group_is_found_where_it_says(string group, string server, string location)
    {
        await using var service = await Service.StartAsync(group: group);
        var prefix = server == "/" ? "" : server;

        var document = await service.Api.GetAsync($"{prefix}/openapi.json");
        var made = await service.Api.PostAsync(
            $"{prefix}/plan/", Plans.Watching("https://a.example", schedule: "\"id\": \"x\", "));
        var found = await service.Api.GetAsync(made.Location!);
        var triggered = await service.Api.PostAsync($"{made.Location}/trigger");
        var run = await service.Api.GetAsync(triggered.Location!);

        Assert.Equal(server, (string)document.Json!["servers"]![0]!["url"]!);
        Assert.Equal((location, "x"), (made.Location, (string)found.Json!["id"]!));
        Assert.Equal((string)triggered.Json!["runs"]![0]!["id"]!, (string)run.Json!["id"]!);
    }

    [Fact]
    public async Task Each_reference_leads_somewhere()
    {
        await using var service = await Service.StartAsync();
        var document = (await service.Api.GetAsync("/openapi.json")).Json!;
        var schemas = document["components"]!["schemas"]!.AsObject();

        foreach (var reference in References(document))
        {
            Assert.True(schemas.ContainsKey(reference.Split('/')[^1]), reference);
        }
    }

    [Fact]
    public async Task Answers_have_the_fields_the_document_names_and_no_others()
    {
        await using var target = await Target.StartAsync();
        await using var service = await Service.StartAsync();
        var api = service.Api;
        var schemas = (await api.GetAsync("/openapi.json")).Json!["components"]!["schemas"]!;
        var plan = await api.PostAsync("/plan", Plans.Watching(target.Url));
        _ = await api.PostAsync($"/plan/{plan.Json!["id"]}/trigger");
        var runs = await api.CompletedAsync((string)plan.Json["id"]!, 1);

        Check(schemas, "Plan", plan.Json);
        Check(schemas, "PlanPage", (await api.GetAsync("/plan")).Json!);
        Check(schemas, "Run", runs[0]!);
        Check(schemas, "RunPage", (await api.GetAsync("/runs")).Json!);
        Check(schemas, "EventList", (await api.GetAsync($"/runs/{runs[0]!["id"]}/events")).Json!);
        Check(schemas, "Statistics", (await api.GetAsync($"/plan/{plan.Json["id"]}/statistics")).Json!);
        Check(schemas, "AgentList", (await api.GetAsync("/agents")).Json!);
        Check(schemas, "LocationList", (await api.GetAsync("/agents/locations")).Json!);
        Check(schemas, "Problem", (await api.PostAsync("/plan", "{}")).Json!);
    }

    private static void Check(JsonNode schemas, string name, JsonNode answer) =>
        Check(schemas, schemas[name]!, answer, name);

    private static void Check(JsonNode schemas, JsonNode schema, JsonNode? value, string path)
    {
        if ((string?)schema["$ref"] is { } reference)
        {
            Check(schemas, schemas[reference.Split('/')[^1]]!, value, path);
        }
        else if (value is JsonObject members && schema["properties"] is JsonObject properties)
        {
            foreach (var (name, member) in members)
            {
                Assert.True(properties.ContainsKey(name), $"{path}.{name} is not in the document.");
                Check(schemas, properties[name]!, member, $"{path}.{name}");
            }

            foreach (var required in schema["required"]?.AsArray() ?? [])
            {
                Assert.True(members.ContainsKey((string)required!), $"{path}.{required} is missing.");
            }
        }
        else if (value is JsonArray items && schema["items"] is { } item)
        {
            Assert.All(items, one => Check(schemas, item, one, $"{path}[]"));
        }
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(static pair => pair.Key == "$ref"
            ? [(string)pair.Value!]
            : References(pair.Value)),
        JsonArray items => items.SelectMany(References),
        _ => [],
    };
}
