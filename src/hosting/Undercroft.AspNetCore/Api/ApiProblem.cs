using Undercroft.Monitors;

namespace Undercroft.AspNetCore.Api;

/// <summary>Problem details, RFC 9457.</summary>
internal sealed record ApiProblem(
    string Type, string Title, int Status, string Detail, IReadOnlyList<PlanProblem>? Errors = null);
