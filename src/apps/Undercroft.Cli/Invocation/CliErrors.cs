using Undercroft.Cli.Output;
using Undercroft.Monitors;

namespace Undercroft.Cli.Invocation;

/// <summary>The one place where exceptions become sentences and exit codes.</summary>
internal static class CliErrors
{
    /// <summary>Writes an error as one sentence, and with <c>--verbose</c> where it came from.</summary>
    public static async Task<ExitCode> ReportAsync(CliRun run, Exception error, CancellationToken cancellationToken)
    {
        if (error is OutputEndedException)
        {
            return ExitCode.Ok;
        }

        var (code, message) = Describe(error, cancellationToken);
        try
        {
            await run.Output.FlushAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The standard output is gone; the sentence still reaches the standard error.
            code = code == ExitCode.Ok ? ExitCode.Failure : code;
        }

        var writer = run.Host.Terminal.Error;
        await writer.WriteLineAsync($"{CliApp.Name}: {SafeText.OneLine(message)}").ConfigureAwait(false);
        if (run.IsVerbose)
        {
            await writer.WriteLineAsync(SafeText.Block(error.ToString())).ConfigureAwait(false);
        }

        await writer.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        return code;
    }

    internal static (ExitCode Code, string Message) Describe(Exception error, CancellationToken cancellationToken) =>
        error switch
        {
            CliException known => (known.Code, known.Message),
            OperationCanceledException when cancellationToken.IsCancellationRequested =>
                (ExitCode.Cancelled, "Interrupted. What had been committed stays; nothing is half done."),
            PlanException => (ExitCode.Failure, error.Message),
            MonitorNotFoundException => (ExitCode.NotFound, error.Message),
            StoreException { Kind: StoreErrorKind.Conflict } => (ExitCode.Conflict, error.Message),
            StoreException { Kind: StoreErrorKind.Malformed } => (ExitCode.Failure, error.Message),
            StoreException { IsTransient: true } => (ExitCode.Failure, $"{error.Message} Trying again may help."),
            StoreException => (ExitCode.Failure, error.Message),
            ArgumentException argument => (ExitCode.Usage, WithoutParameter(argument)),
            UnauthorizedAccessException or IOException => (ExitCode.Failure, error.Message),
            _ => (ExitCode.Failure,
                $"Unexpected {error.GetType().Name}: {error.Message} This is a fault of {CliApp.Name}; run again with "
                + "--verbose and report what it shows."),
        };

    // .NET appends the parameter's name, which means nothing to who typed a command, and what is found once more.
    private static string WithoutParameter(ArgumentException error)
    {
        var suffix = $" (Parameter '{error.ParamName}')";
        var message = error.Message;
        var at = error.ParamName is null ? -1 : message.LastIndexOf(suffix, StringComparison.Ordinal);
        return at < 0 ? message : message[..at];
    }
}
