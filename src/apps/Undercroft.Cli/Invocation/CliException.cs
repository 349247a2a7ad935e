namespace Undercroft.Cli.Invocation;

/// <summary>A command ends with a sentence and an exit code.</summary>
/// <param name="code">How the command ends.</param>
/// <param name="message">What failed, on what, found and expected, what to do.</param>
internal sealed class CliException(ExitCode code, string message) : Exception(message)
{
    public ExitCode Code { get; } = code;
}
