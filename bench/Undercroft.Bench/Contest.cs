namespace Undercroft.Bench;

/// <summary>Two sides that do the same work.</summary>
/// <param name="Ours">One turn of our side.</param>
/// <param name="Floor">One turn of the floor.</param>
/// <param name="OperationsEach">How many operations a turn of either side does.</param>
/// <param name="Cleanup">Closes what was set up.</param>
internal sealed record Contest(
    Func<ValueTask> Ours, Func<ValueTask> Floor, int OperationsEach, Func<ValueTask> Cleanup);
