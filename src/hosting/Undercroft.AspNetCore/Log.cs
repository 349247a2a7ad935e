using Microsoft.Extensions.Logging;

namespace Undercroft.AspNetCore;

/// <summary>What is logged: ids 5xxx. An id, once shipped, keeps its meaning.</summary>
internal static partial class Log
{
    [LoggerMessage(5001, LogLevel.Error, "{Method} {Route} failed")]
    public static partial void CallFailed(ILogger logger, Exception error, string method, string route);

    [LoggerMessage(5002, LogLevel.Warning, "The scheduler of monitors failed and goes on")]
    public static partial void SchedulerFailed(ILogger logger, Exception error);

    [LoggerMessage(5003, LogLevel.Warning, "The heartbeat of the agent failed and goes on")]
    public static partial void HeartbeatFailed(ILogger logger, Exception error);

    [LoggerMessage(5004, LogLevel.Warning, "The document {Document} of the monitors cannot be read and is passed over")]
    public static partial void Unreadable(ILogger logger, Exception error, RecordKey document);

    [LoggerMessage(5005, LogLevel.Critical, "The scheduler of monitors has ended; the service ends with it")]
    public static partial void SchedulerEnded(ILogger logger, Exception error);
}
