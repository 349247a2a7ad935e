namespace Undercroft.Cli.Jobs;

/// <summary>A program that runs jobs has failed, and is to be tried again.</summary>
/// <remarks>The job keeps what it shows as: one sentence, for where it was thrown says nothing about the program.
/// </remarks>
internal sealed class ProgramFailedException(string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    public override string ToString() => Message;
}
