using Microsoft.Extensions.Logging;

namespace Undercroft.Hosting;

/// <summary>What is written to the log. Event ids of stores are 1xxx; one once shipped keeps its meaning.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "Opened the {Backend} store at {Location}; commits reach {Durability}")]
    public static partial void Opened(ILogger logger, string backend, string location, Durability durability);

    [LoggerMessage(1001, LogLevel.Warning, "A query on {Collection} took {Milliseconds} ms: {Plan}")]
    public static partial void SlowQuery(ILogger logger, string collection, double milliseconds, string plan);

    [LoggerMessage(1002, LogLevel.Error, "The storage failed in the background: {Doing}")]
    public static partial void Failed(ILogger logger, Exception error, string doing);

    [LoggerMessage(1003, LogLevel.Information, "Closed the store")]
    public static partial void Closed(ILogger logger);
}
