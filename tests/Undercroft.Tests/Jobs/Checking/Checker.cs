namespace Undercroft.Tests.Jobs.Checking;

/// <summary>Goes through every order in which the steps of claims, renewals, settlements, expiries and reaping can
/// happen, within bounds, and looks at each state.</summary>
public sealed class Checker(Protocol protocol)
{
    private const int RunsMax = 4;
    private const int StatesMax = 2_000_000;

    private readonly Dictionary<World, (World From, string Step)> seen = [];

    /// <summary>How many states there are.</summary>
    public int States => seen.Count;

    /// <summary>Goes through all of them.</summary>
    /// <returns>How it comes to what must not be; null where it cannot.</returns>
    public string? Run()
    {
        var start = new World { A = new Worker { IsTrusting = true }, B = new Worker { IsTrusting = true } };
        var open = new Queue<World>();
        seen[start] = (start, "start");
        open.Enqueue(start);
        while (open.TryDequeue(out var world))
        {
            foreach (var (step, next) in Steps(world))
            {
                if (!seen.TryAdd(next, (world, step)))
                {
                    continue;
                }

                Assert.True(seen.Count < StatesMax, "The bounds let too many states through.");
                if (Wrong(world, next) is { } wrong)
                {
                    return $"{string.Join(" > ", Way(next))}: {wrong}";
                }

                open.Enqueue(next);
            }
        }

        return null;
    }

    private static string? Wrong(World before, World after)
    {
        if (after.Effects > 1)
        {
            return "the effect happened twice";
        }

        var tookAway = before.IsRunning && !after.IsRunning && !after.IsDone && before.Attempt == after.Attempt;
        if (tookAway && !before[before.Owner].IsExpired)
        {
            return "the job was taken from a session that lives";
        }

        if (Works(after.A) && Works(after.B))
        {
            return "two workers that trust their leases run the job";
        }

        return null;
    }

    private static bool Works(Worker worker) => worker.HasRun && worker.IsTrusting;

    private Stack<string> Way(World to)
    {
        var steps = new Stack<string>();
        for (var at = to; seen[at].Step != "start"; at = seen[at].From)
        {
            steps.Push(seen[at].Step);
        }

        return steps;
    }

    private IEnumerable<(string Step, World Next)> Steps(World world)
    {
        for (var session = 0; session < 2; session++)
        {
            foreach (var (step, next) in StepsOf(world, session))
            {
                yield return ($"{(session == 0 ? 'A' : 'B')} {step}", next);
            }
        }

        var isDead = world.IsRunning && world[world.Owner].IsExpired;
        if (isDead && !world.ReapSeen)
        {
            yield return ("reaper looks", world with { ReapSeen = true });
        }

        if (world.ReapSeen)
        {
            var takes = world.IsRunning && (isDead || protocol.HasFlag(Protocol.ReapWithoutRecheck));
            yield return ("reaper acts", world with { ReapSeen = false, IsRunning = world.IsRunning && !takes });
        }
    }

    private IEnumerable<(string Step, World Next)> StepsOf(World world, int session)
    {
        var worker = world[session];
        if (!worker.IsExpired)
        {
            // The worker ends its trust before the lease ends: it counts from when it sent the renewal.
            yield return ("expires", world.With(session, worker with { IsExpired = true, IsTrusting = false }));
        }
        else if (protocol.HasFlag(Protocol.LateRenewal))
        {
            yield return ("renews late", world.With(session, worker with { IsExpired = false, IsTrusting = true }));
        }
        else
        {
            // A new session in its place, with nothing of the old but what is on its way.
            yield return ("restarts", Restarted(world, session, worker));
        }

        foreach (var claim in Claims(world, session, worker))
        {
            yield return claim;
        }

        if (worker.HasRun && worker.Sent == 0)
        {
            for (var kind = 1; kind <= 2; kind++)
            {
                yield return (kind == 1 ? "succeeds" : "snoozes", world.With(session, worker with
                {
                    HasRun = false,
                    Sent = kind,
                    SentFence = worker.Fence,
                    SentRun = worker.Run,
                }));
            }
        }

        if (worker.Sent != 0)
        {
            // What gets no answer is sent again: the store hears it once more, whenever that is.
            yield return ("is heard", Heard(world, session, worker with { Sent = 0, SentFence = 0, SentRun = 0 }));
            yield return ("is heard, and sends again", Heard(world, session, worker));
        }
    }

    private IEnumerable<(string Step, World Next)> Claims(World world, int session, Worker worker)
    {
        if (!world.IsRunning && !world.IsDone && !worker.IsExpired && !worker.HasRun && world.Run < RunsMax)
        {
            var fence = protocol.HasFlag(Protocol.AttemptAsFence) ? world.Attempt + 1 : world.Fence + 1;
            var given = worker with { HasRun = true, IsCommitted = true, Fence = fence, Run = world.Run + 1 };
            yield return ("claims", Claimed(world, session, fence).With(session, given));
            if (protocol.HasFlag(Protocol.EarlyDispatch))
            {
                yield return ("begins before its claim is committed", world.With(
                    session, given with { IsCommitted = false }));
            }
        }

        if (worker.HasRun && !worker.IsCommitted && !world.IsRunning && !world.IsDone)
        {
            yield return ("commits its claim", Claimed(world, session, worker.Fence).With(
                session, worker with { IsCommitted = true, Run = world.Run + 1 }));
        }
    }

    private static World Claimed(World world, int session, int fence) => world with
    {
        IsRunning = true,
        Owner = session,
        Attempt = world.Attempt + 1,
        Fence = fence,
        Run = world.Run + 1,
    };

    // Another session under the same number: what the store has of the old one is taken away first.
    private World Restarted(World world, int session, Worker worker)
    {
        var holds = world.IsRunning && world.Owner == session;
        return holds || worker.Sent != 0
            ? world
            : world.With(session, new Worker { IsTrusting = true });
    }

    private World Heard(World world, int session, Worker next)
    {
        var worker = world[session];
        var after = world.With(session, next);
        var matches = world.IsRunning && (protocol.HasFlag(Protocol.NoFence) ||
            (world.Owner == session && world.Fence == worker.SentFence));
        if (!matches)
        {
            return after;
        }

        // What must not be: a run that is no longer the true one is believed. It counts as a second effect.
        var wrong = worker.SentRun != world.Run ? 2 : 0;
        return worker.Sent == 1
            ? after with { IsRunning = false, IsDone = true, Effects = world.Effects + Math.Max(1, wrong) }
            : after with
            {
                IsRunning = false,
                Attempt = Math.Max(0, world.Attempt - 1),
                Effects = world.Effects + wrong,
            };
    }
}
