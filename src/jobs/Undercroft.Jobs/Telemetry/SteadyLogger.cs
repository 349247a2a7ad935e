using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Undercroft.Jobs;

/// <summary>Writes to a log, and goes on where that fails: a full disk must not end the work that is logged.</summary>
internal sealed class SteadyLogger(ILogger inner) : ILogger
{
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a log throws, the work goes on.")]
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        try
        {
            return inner.BeginScope(state);
        }
        catch (Exception)
        {
            return null;
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a log throws, the work goes on.")]
    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return inner.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            return false;
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a log throws, the work goes on.")]
    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        try
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            // It could only be told to the same log.
        }
    }
}
