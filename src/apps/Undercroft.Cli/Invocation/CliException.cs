namespace Undercroft.Cli.Invocation;

/// <summary>A command ends with a sentence and an exit code.</summary>
/// <param name="code">How the command ends.</param>
/// <param name="message">What failed, on what, found and expected, what to do.</param>
/// <param name="inner">What was thrown before it; null where nothing was.</param>
internal sealed class CliException(ExitCode code, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public ExitCode Code { get; } = code;
}
