namespace Undercroft.Jobs;

/// <summary>Thrown by a handler: trying again would not mend it. The job becomes a dead letter at once.</summary>
public sealed class JobPermanentException : Exception
{
    /// <summary>Says what is wrong.</summary>
    /// <param name="message">What the dead letter shows.</param>
    /// <param name="innerException">The cause; null means none.</param>
    public JobPermanentException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
