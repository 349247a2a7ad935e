namespace Undercroft.Jobs;

/// <summary>A step of a commit that is about a job: it stands or falls with the documents. A commit addresses a job at
/// most once.</summary>
public abstract class JobOperation : StoreOperation
{
    /// <summary>The collection job operations report as their own.</summary>
    public const string Collection = "$jobs";

    private protected JobOperation()
    {
    }

    /// <summary>The job; <see cref="JobId.None"/> where it is about a queue.</summary>
    public abstract JobId Job { get; }

    /// <inheritdoc/>
    public override RecordKey Key => new(Collection, Job.ToString());
}
