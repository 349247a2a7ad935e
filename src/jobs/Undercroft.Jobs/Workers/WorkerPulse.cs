namespace Undercroft.Jobs;

/// <summary>Notices a loop that hangs: each says when it goes round, and none may be silent for longer than it waits at
/// most.</summary>
internal sealed class WorkerPulse(TimeProvider clock)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly Dictionary<WorkerLoop, (long At, TimeSpan Limit)> loops = [];

    /// <summary>Begins to watch a loop.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="wait">The longest it waits on purpose.</param>
    public void Watch(WorkerLoop loop, TimeSpan wait)
    {
        lock (gate)
        {
            loops[loop] = (clock.GetTimestamp(), wait + Grace);
        }
    }

    public void Forget(WorkerLoop loop)
    {
        lock (gate)
        {
            _ = loops.Remove(loop);
        }
    }

    public void Turn(WorkerLoop loop)
    {
        lock (gate)
        {
            if (loops.TryGetValue(loop, out var known))
            {
                loops[loop] = (clock.GetTimestamp(), known.Limit);
            }
        }
    }

    /// <summary>Says which loops have been silent for too long; empty where all go round.</summary>
    public IReadOnlyList<string> FindHung()
    {
        lock (gate)
        {
            return
            [
                .. from pair in loops
                   let silent = clock.GetElapsedTime(pair.Value.At)
                   where silent > pair.Value.Limit
                   orderby pair.Key
                   select $"The {NameOf(pair.Key)} loop has not gone round for {silent:g}; expected at most " +
                       $"{pair.Value.Limit:g}.",
            ];
        }
    }

    public static string NameOf(WorkerLoop loop) => loop switch
    {
        WorkerLoop.Claim => "claim",
        WorkerLoop.Heartbeat => "heartbeat",
        WorkerLoop.Settle => "settle",
        WorkerLoop.Maintenance => "maintenance",
        _ => "schedule",
    };
}
