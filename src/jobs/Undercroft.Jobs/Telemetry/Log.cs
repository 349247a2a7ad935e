using Microsoft.Extensions.Logging;

namespace Undercroft.Jobs;

/// <summary>What is written to the log. Event ids of jobs are 3xxx; one once shipped keeps its meaning.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "Worker {Session} works on {Queues} with handlers for {Kinds}")]
    public static partial void Started(ILogger logger, SessionId session, string queues, string kinds);

    [LoggerMessage(3001, LogLevel.Information, "Worker {Session} has stopped")]
    public static partial void Stopped(ILogger logger, SessionId session);

    [LoggerMessage(3002, LogLevel.Warning,
        "Job {JobId} ({Kind}) failed on attempt {Attempt} of {AttemptsMax}; it runs again in {Delay}")]
    public static partial void Failed(
        ILogger logger, Exception error, JobId jobId, string kind, int attempt, int attemptsMax, TimeSpan delay);

    [LoggerMessage(3003, LogLevel.Error, "Job {JobId} ({Kind}) is dead after attempt {Attempt}")]
    public static partial void Died(ILogger logger, Exception error, JobId jobId, string kind, int attempt);

    [LoggerMessage(3004, LogLevel.Warning,
        "Job {JobId} ({Kind}) lost its lease on attempt {Attempt}; another worker may run it")]
    public static partial void LeaseLost(ILogger logger, JobId jobId, string kind, int attempt);

    [LoggerMessage(3005, LogLevel.Warning, "Worker {Session} has lost its session; it begins another one")]
    public static partial void SessionLost(ILogger logger, SessionId session);

    [LoggerMessage(3006, LogLevel.Error,
        "Job {JobId} ({Kind}) did not heed its cancellation ({Reason}) for {Time}; its place is given to another")]
    public static partial void Abandoned(
        ILogger logger, JobId jobId, string kind, JobCancelReason reason, TimeSpan time);

    [LoggerMessage(3007, LogLevel.Error, "The {Loop} loop of the worker failed; it goes on in {Delay}")]
    public static partial void LoopFailed(ILogger logger, Exception error, string loop, TimeSpan delay);

    [LoggerMessage(3008, LogLevel.Error, 
        "{Count} runs could not be settled; it is tried again while their session lasts, then their jobs run again")]
    public static partial void SettleFailed(ILogger logger, Exception error, int count);

    [LoggerMessage(3009, LogLevel.Information, "Schedule {Schedule} fired for {FireAt} as job {JobId}")]
    public static partial void Fired(ILogger logger, string schedule, DateTimeOffset fireAt, JobId jobId);

    [LoggerMessage(3010, LogLevel.Warning, "Took {Count} jobs from workers that died")]
    public static partial void Reaped(ILogger logger, int count);

    [LoggerMessage(3011, LogLevel.Error, "Schedule {Schedule} cannot be fired")]
    public static partial void ScheduleFailed(ILogger logger, Exception error, string schedule);

    [LoggerMessage(3012, LogLevel.Error, "A callback of the cancellation of job {JobId} failed")]
    public static partial void CallbackFailed(ILogger logger, Exception error, JobId jobId);

    [LoggerMessage(3013, LogLevel.Warning, "Job {JobId} ({Kind}) has ended in a transaction, and failed after that")]
    public static partial void FailedAfterEnd(ILogger logger, Exception error, JobId jobId, string kind);

    [LoggerMessage(3014, LogLevel.Error, "The retry policy of job {JobId} ({Kind}) failed; the job is dead")]
    public static partial void PolicyFailed(ILogger logger, Exception error, JobId jobId, string kind);
}
