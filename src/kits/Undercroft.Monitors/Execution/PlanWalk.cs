using System.Collections.Concurrent;

namespace Undercroft.Monitors;

/// <summary>One way through the graph of a plan: each node begins when all before it have passed.</summary>
internal sealed class PlanWalk(
    MonitorPlan plan,
    MonitorExecutorOptions options,
    ValueResolver values,
    RunRecorder recorder,
    HttpMessageInvoker invoker,
    TimeProvider clock,
    CancellationToken limit)
{
    private readonly ConcurrentDictionary<string, HttpExchange> exchanges = new(StringComparer.Ordinal);

    public async Task<IReadOnlyList<NodeOutcome>> RunAsync(CancellationToken cancellationToken)
    {
        // Not disposed: it holds nothing but memory, and nodes may still look at it.
        var places = new SemaphoreSlim(options.NodesAtOnceMax);
        var graph = PlanGraph.Of(plan);
        var tasks = new Dictionary<string, Task<NodeOutcome>>(StringComparer.Ordinal);

        // Nodes wait for tasks that exist: those without anything open before them come first.
        var waiting = plan.Nodes.ToList();
        while (waiting.Count > 0)
        {
            var index = waiting.FindIndex(node => graph.Before(node.Id).All(tasks.ContainsKey));
            if (index < 0)
            {
                throw new ArgumentException("The plan's graph has a circle. Check the plan first.");
            }

            var node = waiting[index];
            waiting.RemoveAt(index);
            tasks[node.Id] = WaitAndRunAsync(
                node, [.. graph.Before(node.Id).Select(id => tasks[id])], places, cancellationToken);
        }

        _ = await Task.WhenAll(tasks.Values).ConfigureAwait(false);
        var outcomes = new List<NodeOutcome>();
        foreach (var node in plan.Nodes)
        {
            outcomes.Add(await tasks[node.Id].ConfigureAwait(false));
        }

        return outcomes;
    }

    private async Task<NodeOutcome> WaitAndRunAsync(
        PlanNode node, Task<NodeOutcome>[] before, SemaphoreSlim places, CancellationToken cancellationToken)
    {
        var earlier = await Task.WhenAll(before).ConfigureAwait(false);
        if (earlier.Any(static outcome => outcome.Status != NodeStatus.Passed))
        {
            return new NodeOutcome(node.Id, NodeStatus.Skipped, 0);
        }

        try
        {
            await places.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return new NodeOutcome(node.Id, NodeStatus.Failed, 0) { Error = EndedEarly() };
        }

        try
        {
            return await RunNodeAsync(node, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _ = places.Release();
        }
    }

    private async Task<NodeOutcome> RunNodeAsync(PlanNode node, CancellationToken cancellationToken)
    {
        recorder.Add(RunEventType.NodeStart, node.Id, message: node.Type);
        var begun = clock.GetTimestamp();
        string? error = null;
        int? status = null;
        try
        {
            await DoAsync(node, cancellationToken).ConfigureAwait(false);
            status = exchanges.TryGetValue(node.Id, out var exchange) ? exchange.Status : null;
        }
        catch (NodeFailure failure)
        {
            error = recorder.Clean(failure.Message);
            status = failure.HttpStatus;
        }
        catch (OperationCanceledException)
        {
            error = EndedEarly();
        }
        catch (Exception fault)
        {
            // Whatever a server makes of us is the result of its run.
            error = recorder.Clean($"unexpected {fault.GetType().Name}: {fault.Message}");
        }

        var duration = Math.Round(clock.GetElapsedTime(begun).TotalMilliseconds, 3);
        recorder.Add(RunEventType.NodeEnd, node.Id, duration, error is null, status, error);
        return new NodeOutcome(node.Id, error is null ? NodeStatus.Passed : NodeStatus.Failed, duration)
        {
            HttpStatus = status,
            Error = error,
        };
    }

    private async Task DoAsync(PlanNode node, CancellationToken cancellationToken)
    {
        switch (node)
        {
            case HttpRequestNode request:
                var step = new HttpStep(request, values, options, recorder, invoker, clock);
                exchanges[request.Id] = await step.RunAsync(cancellationToken).ConfigureAwait(false);
                break;
            case WaitNode wait:
                await Task.Delay(wait.Duration, clock, cancellationToken).ConfigureAwait(false);
                break;
            case AssertionNode assertions:
                await new AssertionStep(assertions, values, recorder).RunAsync(exchanges, cancellationToken)
                    .ConfigureAwait(false);
                break;
            default:
                throw new NodeFailure($"there is no way to run a node of type {node.Type}.");
        }
    }

    private string EndedEarly() => limit.IsCancellationRequested
        ? $"the run was ended after {options.RunTimeout.TotalSeconds:0.###} s, the longest a run may take."
        : "the run was cancelled.";
}
