namespace Undercroft.Jobs;

/// <summary>Does the jobs of one kind. Made afresh for each run, in a scope of the application's services.</summary>
/// <typeparam name="T">The type of the payload.</typeparam>
public interface IJobHandler<in T>
{
    /// <summary>Does one job. Where it returns, the job has succeeded; where it throws, the retry policy decides.
    /// </summary>
    /// <param name="payload">What the job was enqueued with.</param>
    /// <param name="context">The run.</param>
    /// <param name="cancellationToken">Fires where the run must end: see <see cref="JobContext.CancelReason"/>.</param>
    ValueTask HandleAsync(T payload, JobContext context, CancellationToken cancellationToken);
}
