namespace Undercroft.AspNetCore;

/// <summary>How the scheduler and the worker are that <c>AddMonitors</c> keeps at work; one is among the services.
/// </summary>
public sealed class MonitorsStatus
{
    private readonly Func<IReadOnlyList<string>> find;

    internal MonitorsStatus(Func<IReadOnlyList<string>> find) => this.find = find;

    /// <summary>What is wrong with them: loops that hang or have ended. Empty where nothing is, and where none of the
    /// two is to work here.</summary>
    public IReadOnlyList<string> Faults => find();
}
