namespace Undercroft.Jobs;

/// <summary>What a worker asks of its store.</summary>
internal sealed class JobLink
{
    private readonly CommitIdentities identities;
    private readonly JobStore store;

    public JobLink(Storage storage, TimeProvider clock)
    {
        identities = new CommitIdentities(storage.Info.Limits, clock);
        store = storage.Jobs;
    }

    public IJobStore Store => store;

    /// <summary>Settles runs in one commit.</summary>
    /// <returns>The jobs whose runs are stale: where there are some, nothing was settled. Empty where all
    /// were.</returns>
    /// <exception cref="StoreException">The store cannot be written. What happened is unknown: settle
    /// again.</exception>
    public async ValueTask<HashSet<JobId>> SettleAsync(
        IReadOnlyList<SettleOperation> operations, CancellationToken cancellationToken)
    {
        var result = await CommitAsync(operations, cancellationToken).ConfigureAwait(false);
        return [.. result.Conflicts.Select(conflict => operations[conflict.Operation].Job)];
    }

    /// <summary>Keeps the outcome of a step.</summary>
    /// <exception cref="StaleLeaseException">The run has lost its lease.</exception>
    /// <exception cref="StoreException">The steps of the job are too many, or too long.</exception>
    public async ValueTask KeepStepAsync(
        JobLease lease, string name, ReadOnlyMemory<byte> output, CancellationToken cancellationToken)
    {
        var result = await CommitAsync([new StepOperation(lease, name, output)], cancellationToken)
            .ConfigureAwait(false);
        if (result.Conflicts.Any(static conflict => conflict.Kind == ConflictKind.StepLimit))
        {
            throw new StoreException(
                StoreErrorKind.LimitExceeded,
                $"Cannot keep step {name} of job {lease.Job}, of {output.Length} bytes: a job has at most " +
                $"{JobLimits.StepsMax} steps, and {JobLimits.StepBytesMax} bytes in the outputs of all. The step was " +
                "done, and is not kept. Keep less in a step, or make several jobs of it.");
        }

        if (!result.IsCommitted)
        {
            throw new StaleLeaseException(lease.Job);
        }
    }

    private async ValueTask<CommitResult> CommitAsync(
        IReadOnlyList<StoreOperation> operations, CancellationToken cancellationToken)
    {
        // One call, one identity: a store that tries again by itself must not settle twice. Whoever calls again after
        // an error meets the fence.
        var identity = identities.Begin();
        try
        {
            return await store.CommitAsync(new Commit(operations) { Identity = identity }, cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            identities.End(identity);
        }
    }
}
