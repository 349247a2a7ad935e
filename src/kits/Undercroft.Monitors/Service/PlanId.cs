using System.Buffers;

namespace Undercroft.Monitors;

/// <summary>Which ids a new plan may have: those that stand in a URL as they are.</summary>
internal static class PlanId
{
    private const int LengthMax = 200;

    // GET /plan/by-name is another question.
    private const string Taken = "by-name";

    private static readonly SearchValues<char> Signs =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Says what is wrong with an id; null where nothing is.</summary>
    public static PlanProblem? Problem(string id) =>
        id.Length is 0 or > LengthMax || id.AsSpan().ContainsAnyExcept(Signs)
            ? new PlanProblem(
                "id",
                $"found {Names.Show(id)}; expected 1 to {LengthMax} of A-Z, a-z, 0-9, '-' and '_', or none: then it is "
                + "given one.")
            : id.Equals(Taken, StringComparison.OrdinalIgnoreCase)
                ? new PlanProblem("id", $"{Names.Show(id)} is what the service asks by name. Choose another.")
                : null;
}
