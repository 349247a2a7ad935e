using System.Diagnostics;

namespace Undercroft.Bench;

/// <summary>Runs a gate in alternating turns, so that both sides meet the same moods of the machine.</summary>
internal static class GateRun
{
    // Until the compiler has had its last word: it takes a second or two to know what is hot, and what it compiles
    // meanwhile would be counted to whoever runs.
    private const int WarmUpsMin = 3;
    private static readonly TimeSpan WarmUpMin = TimeSpan.FromSeconds(3);

    public static async Task<GateResult> RunAsync(Gate gate, int rounds)
    {
        using var context = new GateContext(gate.Name);
        var contest = await gate.Prepare(context);
        try
        {
            var began = Stopwatch.GetTimestamp();
            for (var i = 0; i < WarmUpsMin || Stopwatch.GetElapsedTime(began) < WarmUpMin; i++)
            {
                await contest.Ours();
                await contest.Floor();
            }

            var ours = new Turn[rounds];
            var floor = new Turn[rounds];
            for (var i = 0; i < rounds; i++)
            {
                // Who goes first alternates too.
                if (i % 2 == 0)
                {
                    ours[i] = await TimeAsync(contest.Ours);
                    floor[i] = await TimeAsync(contest.Floor);
                }
                else
                {
                    floor[i] = await TimeAsync(contest.Floor);
                    ours[i] = await TimeAsync(contest.Ours);
                }
            }

            return GateResult.Of(gate, contest, ours, floor);
        }
        finally
        {
            await contest.Cleanup();
        }
    }

    private static async Task<Turn> TimeAsync(Func<ValueTask> turn)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        await turn();
        var spent = Stopwatch.GetElapsedTime(started);
        return new Turn(spent, GC.GetTotalAllocatedBytes(precise: true) - allocated);
    }
}

/// <summary>What one turn took.</summary>
internal readonly record struct Turn(TimeSpan Spent, long Allocated);
