namespace Undercroft.Jobs;

/// <summary>The names of the metrics and traces of jobs, on the meter and the source
/// <see cref="UndercroftDiagnostics.SourceName"/>. Once shipped, a name keeps its meaning.</summary>
public static class JobDiagnostics
{
    /// <summary>A counter in <c>{job}</c>: jobs claimed, by queue.</summary>
    public const string Claimed = "undercroft.jobs.claimed";

    /// <summary>A counter in <c>{job}</c>: runs settled, by queue, kind and <see cref="OutcomeTag"/>.</summary>
    public const string Settled = "undercroft.jobs.settled";

    /// <summary>A counter in <c>{job}</c>: runs whose lease was lost before they were settled.</summary>
    public const string Stale = "undercroft.jobs.stale";

    /// <summary>A counter in <c>{job}</c>: jobs taken from workers that died.</summary>
    public const string Reaped = "undercroft.jobs.reaped";

    /// <summary>A counter in <c>{fire}</c>: schedules fired, by <see cref="ScheduleTag"/>.</summary>
    public const string Fired = "undercroft.jobs.fired";

    /// <summary>A histogram in seconds: from when a job was due to when it began.</summary>
    public const string Latency = "undercroft.jobs.latency";

    /// <summary>A histogram in seconds: how long a run took, by queue, kind and <see cref="OutcomeTag"/>.</summary>
    public const string Duration = "undercroft.jobs.duration";

    /// <summary>A histogram in <c>{job}</c>: runs settled in one commit.</summary>
    public const string SettleBatch = "undercroft.jobs.settle.batch";

    /// <summary>A gauge in <c>{job}</c>: jobs that run in this process.</summary>
    public const string Running = "undercroft.jobs.running";

    /// <summary>A gauge in <c>{job}</c>: jobs of the store by queue and <see cref="StateTag"/>, as last
    /// counted.</summary>
    public const string Depth = "undercroft.jobs.depth";

    /// <summary>The tag that names the queue.</summary>
    public const string QueueTag = "undercroft.queue";

    /// <summary>The tag that names the kind.</summary>
    public const string KindTag = "undercroft.job.kind";

    /// <summary>The tag that names the outcome: <c>succeed</c>, <c>retry</c>, <c>fail</c>, <c>snooze</c>,
    /// <c>release</c> or <c>cancel</c>.</summary>
    public const string OutcomeTag = "undercroft.job.outcome";

    /// <summary>The tag that names the state of a job, in lower case.</summary>
    public const string StateTag = "undercroft.job.state";

    /// <summary>The tag that names a schedule.</summary>
    public const string ScheduleTag = "undercroft.schedule";

    /// <summary>The tag of traces that names the job.</summary>
    public const string JobTag = "undercroft.job.id";

    /// <summary>The header of a job that holds the trace it was enqueued in, as W3C Trace Context writes it.</summary>
    public const string TraceParentHeader = "traceparent";

    /// <summary>The header of a job that holds the state of that trace.</summary>
    public const string TraceStateHeader = "tracestate";
}
