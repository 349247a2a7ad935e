namespace Undercroft.Migrations;

/// <summary>Searches the graph whose nodes are versions and whose edges are steps, up and down.</summary>
internal static class StepsGraph
{
    /// <summary>Finds the way with the fewest steps, and of those with the fewest down; earlier steps win ties.
    /// </summary>
    /// <returns>The way; an empty one from a version to itself; null where there is none.</returns>
    public static MigrationPath? Shortest(IReadOnlyList<MigrationStep> steps, string from, string to, bool upOnly)
    {
        var best = new Dictionary<string, Reached>(StringComparer.Ordinal) { [from] = new(0, 0, null, null) };
        var rim = new List<string> { from };
        while (rim.Count > 0 && !best.ContainsKey(to))
        {
            // Everything on the rim is as many steps away; the next rim is one further.
            var next = new Dictionary<string, Reached>(StringComparer.Ordinal);
            foreach (var version in rim)
            {
                var here = best[version];
                foreach (var hop in HopsFrom(steps, version, upOnly))
                {
                    var found = new Reached(here.Steps + 1, here.Downs + (hop.IsDown ? 1 : 0), version, hop);
                    if (!best.ContainsKey(hop.To) && (!next.TryGetValue(hop.To, out var rival) ||
                        found.Downs < rival.Downs))
                    {
                        next[hop.To] = found;
                    }
                }
            }

            foreach (var (version, reached) in next)
            {
                best[version] = reached;
            }

            rim = [.. next.Keys];
        }

        return best.ContainsKey(to) ? new MigrationPath(from, to, HopsTo(best, to)) : null;
    }

    private static IEnumerable<MigrationHop> HopsFrom(
        IReadOnlyList<MigrationStep> steps, string version, bool upOnly)
    {
        foreach (var step in steps)
        {
            if (step.From == version)
            {
                yield return new MigrationHop(step, IsDown: false);
            }
            else if (step.To == version && step.IsReversible && !upOnly)
            {
                yield return new MigrationHop(step, IsDown: true);
            }
        }
    }

    private static List<MigrationHop> HopsTo(Dictionary<string, Reached> best, string to)
    {
        List<MigrationHop> hops = [];
        for (var at = best[to]; at.Hop is { } hop; at = best[at.Before!])
        {
            hops.Add(hop);
        }

        hops.Reverse();
        return hops;
    }

    private readonly record struct Reached(int Steps, int Downs, string? Before, MigrationHop? Hop);
}

/// <summary>One step of a way, in its direction.</summary>
internal sealed record MigrationHop(MigrationStep Step, bool IsDown)
{
    public string From => IsDown ? Step.To : Step.From;

    public string To => IsDown ? Step.From : Step.To;
}
