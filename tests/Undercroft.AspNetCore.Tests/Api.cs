using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Undercroft.AspNetCore.Tests;

/// <summary>Calls a service as its users do.</summary>
internal sealed class Api(string url) : IDisposable
{
    private readonly HttpClient client = new() { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(100) };

    public string? Key { get; set; }

    public string Url => url;

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, null, headers);

    public Task<Answer> PostAsync(string path, string? json = null, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, json, headers);

    public Task<Answer> PutAsync(string path, string json, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Put, path, json, headers);

    public Task<Answer> DeleteAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Delete, path, null, headers);

    /// <summary>The completed runs of a plan, when there are as many as wanted.</summary>
    public Task<JsonArray> CompletedAsync(string plan, int atLeast) => Waiting.ForAsync(
        async () =>
        {
            var page = await GetAsync($"/runs?plan={plan}&status=completed&limit=500");
            Assert.Equal(HttpStatusCode.OK, page.Status);
            var items = page.Json!["items"]!.AsArray();
            return items.Count >= atLeast ? items : null;
        },
        $"{atLeast} completed runs of {plan}");

    public void Dispose() => client.Dispose();

    public async Task<Answer> SendAsync(
        HttpMethod method, string path, string? json, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        if (Key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        }

        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content!.Headers.Remove(name);
                _ = request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var type = response.Content.Headers.ContentType?.MediaType;
        return new Answer(
            response.StatusCode,
            text.Length > 0 && type?.EndsWith("json", StringComparison.Ordinal) == true ? JsonNode.Parse(text) : null,
            type,
            response.Headers.ETag?.ToString(),
            response.Headers.Location?.ToString(),
            text);
    }
}

/// <summary>What a service answered.</summary>
internal sealed record Answer(
    HttpStatusCode Status, JsonNode? Json, string? Type, string? ETag, string? Location, string Text)
{
    public string Detail => (string)Json!["detail"]!;
}
