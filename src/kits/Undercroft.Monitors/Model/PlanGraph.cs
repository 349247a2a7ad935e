namespace Undercroft.Monitors;

/// <summary>The graph of a plan: what comes before what, and what is wrong with it.</summary>
internal sealed class PlanGraph
{
    private readonly Dictionary<string, List<string>> after = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> before = new(StringComparer.Ordinal);

    private PlanGraph(MonitorPlan plan)
    {
        foreach (var node in plan.Nodes)
        {
            after[node.Id] = [];
            before[node.Id] = [];
        }

        after[PlanEdge.Start] = [];
        before[PlanEdge.End] = [];
        foreach (var edge in plan.Edges)
        {
            if (after.TryGetValue(edge.From, out var next) && before.TryGetValue(edge.To, out var earlier))
            {
                next.Add(edge.To);
                earlier.Add(edge.From);
            }
        }
    }

    /// <summary>The graph of a plan that has been checked.</summary>
    public static PlanGraph Of(MonitorPlan plan) => new(plan);

    /// <summary>The nodes that come directly before one, the start not among them.</summary>
    public IEnumerable<string> Before(string id) => before[id].Where(static from => from != PlanEdge.Start);

    /// <summary>The edges of a plan that names none: its nodes one after another.</summary>
    public static List<PlanEdge> Chain(IReadOnlyList<PlanNode> nodes)
    {
        string[] ids = [PlanEdge.Start, .. nodes.Select(static node => node.Id), PlanEdge.End];
        return [.. ids.Zip(ids.Skip(1), static (from, to) => new PlanEdge(from, to))];
    }

    /// <summary>Notes all that is wrong with a plan's graph.</summary>
    public static void Check(MonitorPlan plan, List<PlanProblem> problems)
    {
        CheckIds(plan, problems);
        CheckEdges(plan, problems);
        if (problems.Count > 0)
        {
            return;
        }

        var graph = new PlanGraph(plan);
        if (graph.FindCycle(plan) is { } cycle)
        {
            problems.Add(new PlanProblem(
                "edges", $"lead round in a circle: {string.Join(" → ", cycle)}. Remove one."));
            return;
        }

        var reached = Walk(PlanEdge.Start, graph.after);
        var ending = Walk(PlanEdge.End, graph.before);
        for (var i = 0; i < plan.Nodes.Count; i++)
        {
            var id = plan.Nodes[i].Id;
            if (!reached.Contains(id) || !ending.Contains(id))
            {
                problems.Add(new PlanProblem(
                    $"nodes[{i}]",
                    $"{Names.Show(id)} lies on no way from {PlanEdge.Start} to {PlanEdge.End}. Add an edge "
                    + $"{(reached.Contains(id) ? "from" : "to")} it."));
            }
        }

        CheckAssertions(plan, graph, problems);
    }

    private static void CheckIds(MonitorPlan plan, List<PlanProblem> problems)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < plan.Nodes.Count; i++)
        {
            var id = plan.Nodes[i].Id;
            if (id is PlanEdge.Start or PlanEdge.End)
            {
                problems.Add(new PlanProblem($"nodes[{i}].id", $"{id} is the name of no node. Choose another."));
            }
            else if (!seen.Add(id))
            {
                problems.Add(new PlanProblem($"nodes[{i}].id", $"{Names.Show(id)} is taken by another node."));
            }
        }
    }

    private static void CheckEdges(MonitorPlan plan, List<PlanProblem> problems)
    {
        var ids = plan.Nodes.Select(static node => node.Id).ToHashSet(StringComparer.Ordinal);
        var seen = new HashSet<PlanEdge>();
        for (var i = 0; i < plan.Edges.Count; i++)
        {
            var edge = plan.Edges[i];
            CheckEnd($"edges[{i}].from", edge.From, PlanEdge.Start);
            CheckEnd($"edges[{i}].to", edge.To, PlanEdge.End);
            if (!seen.Add(edge))
            {
                problems.Add(new PlanProblem($"edges[{i}]", $"{edge.From} → {edge.To} stands twice."));
            }
        }

        void CheckEnd(string path, string id, string special)
        {
            if (id != special && !ids.Contains(id))
            {
                problems.Add(new PlanProblem(
                    path, $"there is no node {Names.Show(id)}; expected {special} or the id of a node."));
            }
        }
    }

    private static void CheckAssertions(MonitorPlan plan, PlanGraph graph, List<PlanProblem> problems)
    {
        var requests = plan.Nodes.OfType<HttpRequestNode>().ToDictionary(
            static node => node.Id, StringComparer.Ordinal);
        for (var i = 0; i < plan.Nodes.Count; i++)
        {
            if (plan.Nodes[i] is not AssertionNode node)
            {
                continue;
            }

            var earlier = Walk(node.Id, graph.before);
            for (var j = 0; j < node.Assertions.Count; j++)
            {
                var path = $"nodes[{i}].assertions[{j}]";
                var assertion = node.Assertions[j];
                if (!requests.TryGetValue(assertion.NodeId, out var request))
                {
                    problems.Add(new PlanProblem(
                        $"{path}.nodeId",
                        $"there is no {HttpRequestNode.TypeName} {Names.Show(assertion.NodeId)}."));
                }
                else if (!earlier.Contains(assertion.NodeId))
                {
                    problems.Add(new PlanProblem(
                        $"{path}.nodeId",
                        $"{Names.Show(assertion.NodeId)} does not come before {Names.Show(node.Id)}. Add an edge."));
                }
                else if (AssertionPath.Problem(assertion, request.ResponseFormat) is { } problem)
                {
                    problems.Add(new PlanProblem($"{path}.path", problem));
                }
            }
        }
    }

    private static HashSet<string> Walk(string from, Dictionary<string, List<string>> ways)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([from]);
        while (open.TryPop(out var at))
        {
            foreach (var next in ways.GetValueOrDefault(at) ?? [])
            {
                if (seen.Add(next))
                {
                    open.Push(next);
                }
            }
        }

        return seen;
    }

    // What is left when all that waits for nothing has been taken away, again and again, is a circle or leads into one.
    private List<string>? FindCycle(MonitorPlan plan)
    {
        var waits = plan.Nodes.ToDictionary(
            static node => node.Id, node => Before(node.Id).Count(), StringComparer.Ordinal);
        var free = new Queue<string>(waits.Where(static pair => pair.Value == 0).Select(static pair => pair.Key));
        while (free.TryDequeue(out var id))
        {
            _ = waits.Remove(id);
            foreach (var next in after[id].Where(waits.ContainsKey))
            {
                if (--waits[next] == 0)
                {
                    free.Enqueue(next);
                }
            }
        }

        if (waits.Count == 0)
        {
            return null;
        }

        // Each that is left has one of them before it: going back must come round.
        var way = new List<string> { waits.Keys.First() };
        while (true)
        {
            var previous = Before(way[^1]).First(waits.ContainsKey);
            var known = way.IndexOf(previous);
            way.Add(previous);
            if (known >= 0)
            {
                var cycle = way[known..];
                cycle.Reverse();
                return cycle;
            }
        }
    }
}
