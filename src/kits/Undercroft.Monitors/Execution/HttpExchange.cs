namespace Undercroft.Monitors;

/// <summary>What a request brought back.</summary>
internal sealed class HttpExchange(
    int status, IReadOnlyDictionary<string, string> headers, byte[] body, double latencyMs, PlanResponseFormat format)
{
    public int Status => status;

    /// <summary>The headers; the case of names does not count.</summary>
    public IReadOnlyDictionary<string, string> Headers => headers;

    public byte[] Body => body;

    public double LatencyMs => latencyMs;

    public PlanResponseFormat Format => format;
}
