using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Undercroft.Jobs;

/// <summary>Counts, times and traces what a worker does, for those who listen.</summary>
internal sealed class JobMeter : IDisposable
{
    private static readonly double[] Buckets =
        [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 1800, 7200];

    private readonly Meter meter;
    private readonly bool ownsMeter;
    private readonly ActivitySource source = new(UndercroftDiagnostics.SourceName);
    private readonly Counter<long> claimed;
    private readonly Counter<long> settled;
    private readonly Counter<long> stale;
    private readonly Counter<long> reaped;
    private readonly Counter<long> fired;
    private readonly Histogram<double> latency;
    private readonly Histogram<double> duration;
    private readonly Histogram<int> batch;
    private readonly ObservableGauge<long> depth;
    private IReadOnlyList<QueueInfo> queues = [];
    private int running;

    public JobMeter(IMeterFactory? meters)
    {
        ownsMeter = meters is null;
        meter = meters?.Create(UndercroftDiagnostics.SourceName) ?? new Meter(UndercroftDiagnostics.SourceName);
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets };
        claimed = meter.CreateCounter<long>(JobDiagnostics.Claimed, "{job}", "Jobs claimed.");
        settled = meter.CreateCounter<long>(JobDiagnostics.Settled, "{job}", "Runs settled.");
        stale = meter.CreateCounter<long>(JobDiagnostics.Stale, "{job}", "Runs whose lease was lost.");
        reaped = meter.CreateCounter<long>(JobDiagnostics.Reaped, "{job}", "Jobs taken from workers that died.");
        fired = meter.CreateCounter<long>(JobDiagnostics.Fired, "{fire}", "Schedules fired.");
        latency = meter.CreateHistogram(
            JobDiagnostics.Latency, "s", "From when a job was due to when it began.", advice: advice);
        duration = meter.CreateHistogram(JobDiagnostics.Duration, "s", "How long a run took.", advice: advice);
        batch = meter.CreateHistogram<int>(JobDiagnostics.SettleBatch, "{job}", "Runs settled in one commit.");
        _ = meter.CreateObservableGauge(
            JobDiagnostics.Running, () => Volatile.Read(ref running), "{job}", "Jobs that run in this process.");
        depth = meter.CreateObservableGauge(JobDiagnostics.Depth, Depths, "{job}", "Jobs of the store, by state.");
    }

    /// <summary>How many jobs run.</summary>
    public int RunningCount => Volatile.Read(ref running);

    /// <summary>Whether somebody wants the queues counted.</summary>
    public bool WantsDepth => depth.Enabled;

    public void Counted(IReadOnlyList<QueueInfo> counted) => Volatile.Write(ref queues, counted);

    public void Claimed(LeasedJob job)
    {
        if (claimed.Enabled)
        {
            claimed.Add(1, new KeyValuePair<string, object?>(JobDiagnostics.QueueTag, job.Queue));
        }
    }

    public void Reaped(int count) => reaped.Add(count);

    public void Fired(string schedule) =>
        fired.Add(1, new KeyValuePair<string, object?>(JobDiagnostics.ScheduleTag, schedule));

    public void WentStale(int count) => stale.Add(count);

    public void SettledBatch(int count) => batch.Record(count);

    /// <summary>Begins a run: a trace of its own, with a link to the one the job was enqueued in.</summary>
    public Activity? Begin(LeasedJob job)
    {
        _ = Interlocked.Increment(ref running);
        if (latency.Enabled)
        {
            var waited = Math.Max(0, (job.StartedAt - job.DueAt).TotalSeconds);
            latency.Record(waited, new KeyValuePair<string, object?>(JobDiagnostics.QueueTag, job.Queue));
        }

        if (!source.HasListeners())
        {
            return null;
        }

        var links = ActivityContext.TryParse(
            job.Headers[JobDiagnostics.TraceParentHeader],
            job.Headers[JobDiagnostics.TraceStateHeader],
            isRemote: true,
            out var parent)
                ? new[] { new ActivityLink(parent) }
                : null;
        var activity = source.StartActivity(
            ActivityKind.Consumer, parentContext: default, tags: null, links, name: $"undercroft job {job.Kind}");
        return activity?.SetTag(JobDiagnostics.JobTag, job.Id.ToString())
            .SetTag(JobDiagnostics.KindTag, job.Kind)
            .SetTag(JobDiagnostics.QueueTag, job.Queue);
    }

    /// <summary>Ends a run.</summary>
    /// <param name="job">The job.</param>
    /// <param name="activity">What <see cref="Begin"/> gave.</param>
    /// <param name="outcome">How it ended; null where it was not settled.</param>
    /// <param name="error">Why it failed; null where it did not.</param>
    /// <param name="spent">How long it took.</param>
    public void End(LeasedJob job, Activity? activity, SettlementKind? outcome, Exception? error, TimeSpan spent)
    {
        _ = Interlocked.Decrement(ref running);
        if (outcome is { } kind && (settled.Enabled || duration.Enabled))
        {
            var tags = new TagList
            {
                { JobDiagnostics.QueueTag, job.Queue },
                { JobDiagnostics.KindTag, job.Kind },
                { JobDiagnostics.OutcomeTag, OutcomeOf(kind) },
            };
            settled.Add(1, tags);
            if (error is not null)
            {
                tags.Add("error.type", error.GetType().Name);
            }

            duration.Record(spent.TotalSeconds, tags);
        }

        if (error is not null)
        {
            _ = activity?.SetStatus(ActivityStatusCode.Error, error.Message);
        }

        activity?.Dispose();
    }

    public void Dispose()
    {
        // A factory's meter is the factory's.
        if (ownsMeter)
        {
            meter.Dispose();
        }

        source.Dispose();
    }

    private static string OutcomeOf(SettlementKind kind) => kind switch
    {
        SettlementKind.Succeed => "succeed",
        SettlementKind.Retry => "retry",
        SettlementKind.Fail => "fail",
        SettlementKind.Snooze => "snooze",
        SettlementKind.Release => "release",
        _ => "cancel",
    };

    private static string StateOf(JobState state) => state switch
    {
        JobState.Scheduled => "scheduled",
        JobState.Ready => "ready",
        JobState.Running => "running",
        JobState.Waiting => "waiting",
        JobState.Succeeded => "succeeded",
        JobState.Dead => "dead",
        _ => "cancelled",
    };

    private IEnumerable<Measurement<long>> Depths() =>
        from queue in Volatile.Read(ref queues)
        from state in Enum.GetValues<JobState>()
        select new Measurement<long>(
            queue[state],
            new KeyValuePair<string, object?>(JobDiagnostics.QueueTag, queue.Queue),
            new KeyValuePair<string, object?>(JobDiagnostics.StateTag, StateOf(state)));
}
