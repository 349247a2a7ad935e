namespace Undercroft.Monitors;

/// <summary>A plan cannot be used; <see cref="Problems"/> says all that is wrong with it.</summary>
public sealed class PlanException : Exception
{
    private const int ShownMax = 5;

    /// <summary>Says what is wrong.</summary>
    /// <param name="problems">At least one problem.</param>
    public PlanException(IReadOnlyList<PlanProblem> problems)
        : base(Describe(problems ?? throw new ArgumentNullException(nameof(problems)))) => Problems = problems;

    internal PlanException(string message)
        : this([new PlanProblem("", message)])
    {
    }

    /// <summary>All that is wrong.</summary>
    public IReadOnlyList<PlanProblem> Problems { get; }

    private static string Describe(IReadOnlyList<PlanProblem> problems)
    {
        var more = problems.Count > ShownMax ? $" And {problems.Count - ShownMax} more." : "";
        return $"The plan cannot be used. {string.Join(" ", problems.Take(ShownMax))}{more}";
    }
}
