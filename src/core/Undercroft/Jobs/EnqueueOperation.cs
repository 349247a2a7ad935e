namespace Undercroft.Jobs;

/// <summary>Enqueues a job with the commit: nobody can claim it before, nor if the commit is refused.</summary>
/// <param name="job">The job.</param>
public sealed class EnqueueOperation(NewJob job) : JobOperation
{
    /// <summary>The new job.</summary>
    public NewJob New { get; } = job ?? throw new ArgumentNullException(nameof(job));

    /// <inheritdoc/>
    public override JobId Job => New.Id;
}
