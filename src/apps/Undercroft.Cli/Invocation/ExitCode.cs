namespace Undercroft.Cli.Invocation;

/// <summary>How a command ended, for scripts. Once shipped, a number keeps its meaning.</summary>
internal enum ExitCode
{
    /// <summary>It did what it was asked.</summary>
    Ok = 0,

    /// <summary>It could not do it: the store, a file or the data stood in the way.</summary>
    Failure = 1,

    /// <summary>The command line is wrong; nothing was done.</summary>
    Usage = 2,

    /// <summary>What was named is not there, or nothing matched.</summary>
    NotFound = 3,

    /// <summary>Something is in the way that would have been overwritten, or has changed meanwhile; nothing was done.
    /// </summary>
    Conflict = 4,

    /// <summary>With <c>--strict</c>: something would have been lost; nothing was done.</summary>
    Loss = 5,

    /// <summary>It was interrupted.</summary>
    Cancelled = 130,
}
