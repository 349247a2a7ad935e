namespace Undercroft.Jobs;

/// <summary>Thrown by a handler: the attempt failed, and the next one comes after a time the handler knows, such as a
/// server's <c>Retry-After</c>. The attempt counts.</summary>
public sealed class JobRetryException : Exception
{
    /// <summary>Says when to try again.</summary>
    /// <param name="delay">How long to wait: not negative, at most 3,650 days.</param>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">The cause; null means none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The delay is out of its range.</exception>
    public JobRetryException(TimeSpan delay, string message, Exception? innerException = null)
        : base(message, innerException) =>
        Delay = Bounds.Check(delay, TimeSpan.Zero, Bounds.TimeMax, nameof(delay));

    /// <summary>How long to wait.</summary>
    public TimeSpan Delay { get; }
}
