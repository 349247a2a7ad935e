namespace Undercroft.Conformance.Model;

/// <summary>Makes a failing run as short as it can be: leaves out steps, then makes the rest simpler, as long as it
/// goes on failing.</summary>
/// <param name="fails">Takes the steps on a new store and says whether they fail.</param>
internal sealed class Shrinker(Func<IReadOnlyList<ModelStep>, Task<bool>> fails)
{
    /// <summary>The most runs one shrinking takes.</summary>
    private const int RunsMax = 1_500;

    private int runs;

    public async Task<IReadOnlyList<ModelStep>> ShrinkAsync(IReadOnlyList<ModelStep> steps)
    {
        int before;
        do
        {
            before = Weight(steps);
            for (var size = Math.Max(1, steps.Count / 2); size > 0; size /= 2)
            {
                steps = await LeaveOutAsync(steps, size);
            }

            steps = await SimplifyAsync(steps);
        }
        while (Weight(steps) < before && runs < RunsMax);
        return steps;
    }

    private static int Weight(IReadOnlyList<ModelStep> steps) => steps.Sum(static step => step.ToString()!.Length);

    private async Task<IReadOnlyList<ModelStep>> LeaveOutAsync(IReadOnlyList<ModelStep> steps, int size)
    {
        for (var from = steps.Count - size; from >= 0; from -= size)
        {
            ModelStep[] fewer = [.. steps.Take(from), .. steps.Skip(from + size)];
            steps = fewer.Length > 0 && await StillFailsAsync(fewer) ? fewer : steps;
        }

        return steps;
    }

    private async Task<IReadOnlyList<ModelStep>> SimplifyAsync(IReadOnlyList<ModelStep> steps)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            foreach (var simpler in steps[i].Simpler())
            {
                ModelStep[] changed = [.. steps.Take(i), simpler, .. steps.Skip(i + 1)];
                if (await StillFailsAsync(changed))
                {
                    steps = changed;
                    i--;
                    break;
                }
            }
        }

        return steps;
    }

    private async Task<bool> StillFailsAsync(IReadOnlyList<ModelStep> steps) => runs++ < RunsMax && await fails(steps);
}
