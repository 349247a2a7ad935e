using System.Text.Json;

namespace Undercroft.Monitors;

/// <summary>What a request brought back.</summary>
internal sealed class HttpExchange(
    int status, IReadOnlyDictionary<string, string> headers, byte[] body, double latencyMs, PlanResponseFormat format)
{
    // Several assertions ask for the same body, and nodes beside one another at the same time.
    private readonly Lazy<JsonElement> json = new(() => JsonBody.Read(body));

    public int Status => status;

    /// <summary>The headers; the case of names does not count.</summary>
    public IReadOnlyDictionary<string, string> Headers => headers;

    public byte[] Body => body;

    /// <summary>The body as JSON.</summary>
    /// <exception cref="NodeFailure">It is none that can be read.</exception>
    public JsonElement Json => json.Value;

    public double LatencyMs => latencyMs;

    public PlanResponseFormat Format => format;
}
