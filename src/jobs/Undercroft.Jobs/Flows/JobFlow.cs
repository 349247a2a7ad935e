namespace Undercroft.Jobs;

/// <summary>Jobs that wait for each other, enqueued in one commit: all of them or none. A job can only wait for those
/// added before it, so a flow has no circles.</summary>
/// <remarks>Used by one thread.</remarks>
public sealed class JobFlow
{
    private const int JobsMax = 10_000;

    private readonly List<NewJob> jobs = [];

    /// <summary>The jobs added so far.</summary>
    public IReadOnlyList<NewJob> Jobs => jobs;

    /// <summary>Adds a job.</summary>
    /// <param name="definition">Its kind.</param>
    /// <param name="payload">What its handler is given.</param>
    /// <param name="after">The jobs it waits for; null means none.</param>
    /// <param name="policy">What becomes of it where one of them does not succeed.</param>
    /// <param name="options">How it is enqueued; null means as the definition says. What it waits for by itself counts
    /// too.</param>
    /// <returns>Its id, for those that wait for it.</returns>
    /// <exception cref="ArgumentException">The payload is null.</exception>
    /// <exception cref="InvalidOperationException">There are 10,000 jobs in the flow.</exception>
    public JobId Add<T>(
        JobDefinition<T> definition,
        T payload,
        IEnumerable<JobId>? after = null,
        DependencyPolicy policy = DependencyPolicy.Cancel,
        JobOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        options ??= definition.Options;
        if (jobs.Count == JobsMax)
        {
            throw new InvalidOperationException(
                $"A flow has at most {JobsMax} jobs, for it is one commit. Enqueue a batch in several commits, and " +
                "what follows it with AfterBatch.");
        }

        var job = (options with
        {
            DependsOn = [.. options.DependsOn, .. (after ?? []).Select(id => new JobDependency(id, policy))],
        }).ToJob(
            definition.Kind,
            definition.Queue,
            definition.Write(payload));
        jobs.Add(job);
        return job.Id;
    }

    /// <summary>Adds jobs of one kind that run one after the other.</summary>
    /// <param name="definition">Their kind.</param>
    /// <param name="payloads">What their handlers are given, in order.</param>
    /// <param name="after">The job the first one waits for; null means none.</param>
    /// <param name="policy">What becomes of the rest where one does not succeed.</param>
    /// <returns>The id of the last one.</returns>
    /// <exception cref="ArgumentException">There are no payloads.</exception>
    public JobId AddChain<T>(
        JobDefinition<T> definition,
        IEnumerable<T> payloads,
        JobId? after = null,
        DependencyPolicy policy = DependencyPolicy.Cancel)
    {
        ArgumentNullException.ThrowIfNull(payloads);
        var last = after;
        var count = 0;
        foreach (var payload in payloads)
        {
            last = Add(definition, payload, last is { } before ? [before] : null, policy);
            count++;
        }

        return count > 0
            ? last!.Value
            : throw new ArgumentException("A chain has at least one job; there are no payloads.", nameof(payloads));
    }

    /// <summary>Enqueues the jobs with a transaction's commit.</summary>
    public void EnqueueIn(ITransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        foreach (var job in jobs)
        {
            transaction.Add(new EnqueueOperation(job));
        }
    }

    /// <summary>Enqueues the jobs in a commit of their own.</summary>
    /// <param name="storage">Where.</param>
    /// <param name="cancellationToken">Ends the wait; the jobs may have been enqueued.</param>
    /// <exception cref="StoreException">A job to wait for is not there, or the store cannot be written. Nothing was
    /// enqueued.</exception>
    public async ValueTask EnqueueAsync(Storage storage, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(storage);
        _ = await storage.TransactionAsync(
            transaction =>
            {
                EnqueueIn(transaction);
                return ValueTask.CompletedTask;
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
    }
}
