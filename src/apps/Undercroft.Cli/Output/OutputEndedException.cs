namespace Undercroft.Cli.Output;

/// <summary>Whoever read the standard output has seen enough, as <c>head</c> does: the command ends, and that is no
/// failure.</summary>
internal sealed class OutputEndedException(Exception inner)
    : IOException("Nobody reads the standard output any more.", inner);
