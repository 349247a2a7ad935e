namespace Undercroft.Monitors;

/// <summary>Runs plans. Whatever a server does, a run ends, and what went wrong is its result. Safe for use by several
/// callers at a time.</summary>
public sealed class MonitorExecutor
{
    private readonly MonitorExecutorOptions options;
    private readonly TimeProvider clock;

    /// <summary>Makes an executor.</summary>
    /// <param name="options">What plans may do; null means the defaults. Read once.</param>
    /// <param name="clock">The time; null means the system's.</param>
    /// <exception cref="ArgumentException">A setting cannot be used.</exception>
    public MonitorExecutor(MonitorExecutorOptions? options = null, TimeProvider? clock = null)
    {
        this.options = options ?? new MonitorExecutorOptions();
        this.options.Validate();
        this.clock = clock ?? TimeProvider.System;
    }

    /// <summary>Runs a plan once.</summary>
    /// <param name="plan">The plan; it was checked, as by <see cref="PlanText.Read(ReadOnlyMemory{byte})"/>.</param>
    /// <param name="observer">Called for each event as it happens, one at a time; null means nobody looks.</param>
    /// <param name="cancellationToken">Ends the run early; its requests are given up.</param>
    /// <returns>What the run came to. A failure of a server, a limit or an assertion is in it, not thrown.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<RunOutcome> RunAsync(
        MonitorPlan plan, Action<RunEvent>? observer = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        cancellationToken.ThrowIfCancellationRequested();
        var redactor = new Redactor();
        var recorder = new RunRecorder(clock, redactor, observer);
        var values = new ValueResolver(plan, options, redactor);
        var startedAt = clock.GetUtcNow();
        var begun = clock.GetTimestamp();
        recorder.Add(RunEventType.MonitorStart, message: plan.Name);

        // One handler for one run: connections and what names mean are never older than the run.
        using var handler = CreateHandler();
        using var invoker = new HttpMessageInvoker(handler);
        using var limit = new CancellationTokenSource(options.RunTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var walk = new PlanWalk(plan, options, values, recorder, invoker, clock, limit.Token);
        var nodes = await walk.RunAsync(either.Token).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();

        var duration = Math.Round(clock.GetElapsedTime(begun).TotalMilliseconds, 3);
        var success = nodes.All(static node => node.Status == NodeStatus.Passed);
        recorder.Add(RunEventType.MonitorEnd, durationMs: duration, success: success);
        return new RunOutcome
        {
            Success = success,
            StartedAt = startedAt,
            CompletedAt = clock.GetUtcNow(),
            DurationMs = duration,
            Errors = [.. nodes.Where(static node => node.Error is not null)
                .Select(static node => $"{node.NodeId}: {node.Error}")],
            Nodes = nodes,
            Events = recorder.Events(),
        };
    }

    private SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = System.Net.DecompressionMethods.All,
        MaxResponseHeadersLength = 64,
        MaxResponseDrainSize = 0,
        ConnectCallback = new GuardedConnection(options).ConnectAsync,
    };
}
