namespace Undercroft.Bench;

/// <summary>Two sides that do the same work.</summary>
/// <param name="Ours">One turn of our side.</param>
/// <param name="Floor">One turn of the floor.</param>
/// <param name="OursCount">How many operations a turn of ours does.</param>
/// <param name="FloorCount">How many operations a turn of the floor does; times are compared by operation.</param>
/// <param name="Cleanup">Closes what was set up.</param>
internal sealed record Contest(
    Func<ValueTask> Ours, Func<ValueTask> Floor, int OursCount, int FloorCount, Func<ValueTask> Cleanup);
