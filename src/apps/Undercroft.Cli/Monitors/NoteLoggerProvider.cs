using Microsoft.Extensions.Logging;
using Undercroft.Cli.Output;

namespace Undercroft.Cli.Monitors;

/// <summary>Writes what is logged to the standard error, a line each.</summary>
/// <param name="output">Where to.</param>
/// <param name="levelMin">What is less than this is not written.</param>
internal sealed class NoteLoggerProvider(CliOutput output, LogLevel levelMin = LogLevel.Warning) : ILoggerProvider
{
    private readonly Lock gate = new();

    private LogLevel LevelMin => levelMin;

    public ILogger CreateLogger(string categoryName) => new NoteLogger(this, categoryName);

    public void Dispose()
    {
        // Nothing is held.
    }

    private void Write(string text)
    {
        try
        {
            lock (gate)
            {
                output.Note(text);
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // Nobody reads it, or the disk is full: that ends no work.
        }
    }

    private sealed class NoteLogger(NoteLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= provider.LevelMin;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                var cause = exception is null ? "" : $": {exception.Message}";
                provider.Write($"{logLevel}: {category}: {formatter(state, exception)}{cause}");
            }
        }
    }
}
