using Microsoft.AspNetCore.Http;
using Undercroft.Monitors;

namespace Undercroft.AspNetCore.Api;

/// <summary>One endpoint: what is mapped and what is documented come from here, so neither can go without the other.
/// </summary>
internal sealed record ApiRoute(
    string Method, string Pattern, string Summary, MonitorApiScope Scope, Func<ApiCall, Task> Handle)
{
    /// <summary>The status where all went well.</summary>
    public int Status { get; init; } = StatusCodes.Status200OK;

    /// <summary>The schema of the request's body; null where there is none.</summary>
    public string? Request { get; init; }

    /// <summary>The schema of the response's body; null where there is none.</summary>
    public string? Response { get; init; }

    /// <summary>The parameters in the query or headers: name, where, what.</summary>
    public IReadOnlyList<(string Name, string In, string Description)> Parameters { get; init; } = [];

    /// <summary>What can go wrong, beside what can everywhere.</summary>
    public IReadOnlyList<int> Errors { get; init; } = [];
}
