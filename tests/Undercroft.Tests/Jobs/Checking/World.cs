namespace Undercroft.Tests.Jobs.Checking;

/// <summary>All there is in the checker's world: one job, two sessions, and what is on its way between them.</summary>
/// <param name="IsRunning">Whether the store has the job as running.</param>
/// <param name="IsDone">Whether the store has it as ended.</param>
/// <param name="Owner">The session the store has as its owner.</param>
/// <param name="Attempt">Its attempt.</param>
/// <param name="Fence">Its fence.</param>
/// <param name="Run">Counts its claims: which run is the true one, whatever the protocol looks at.</param>
/// <param name="Effects">How often its effect was committed.</param>
/// <param name="ReapSeen">Whether a reaper has seen the job with a dead session, and not acted on it yet.</param>
/// <param name="A">One session.</param>
/// <param name="B">The other.</param>
public readonly record struct World(
    bool IsRunning, bool IsDone, int Owner, int Attempt, int Fence, int Run, int Effects, bool ReapSeen, Worker A,
    Worker B)
{
    public Worker this[int session] => session == 0 ? A : B;

    public World With(int session, Worker worker) => session == 0 ? this with { A = worker } : this with { B = worker };
}
