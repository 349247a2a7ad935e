using System.Collections.Immutable;

namespace Undercroft.Monitors;

/// <summary>Asks a server something: <c>HTTP_REQUEST</c>.</summary>
/// <param name="Id">The id, unique in the plan.</param>
public sealed record HttpRequestNode(string Id) : PlanNode(Id)
{
    internal const string TypeName = "HTTP_REQUEST";

    /// <summary>The method, in capitals.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>The beginning of the URL, such as <c>https://api.example.com</c>.</summary>
    public required PlanValue Base { get; init; }

    /// <summary>The rest of the URL.</summary>
    public PlanValue Path { get; init; } = PlanValue.Text("");

    /// <summary>The headers.</summary>
    public IReadOnlyDictionary<string, PlanValue> Headers { get; init; } =
        ImmutableDictionary<string, PlanValue>.Empty;

    /// <summary>The body: a text as it is, anything else as JSON; null means none.</summary>
    public PlanValue? Body { get; init; }

    /// <summary>How assertions read the response's body.</summary>
    public PlanResponseFormat ResponseFormat { get; init; }

    /// <summary>How long the response may take, body included; null means what the executor allows.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether redirects are followed.</summary>
    public bool FollowsRedirects { get; init; } = true;

    internal override string Type => TypeName;
}
