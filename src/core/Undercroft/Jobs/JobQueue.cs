namespace Undercroft.Jobs;

/// <summary>Enqueues at once, or with a transaction's commit.</summary>
internal sealed class JobQueue<T>(JobDefinition<T> definition, IDocumentScope scope) : IJobQueue<T>
{
    public async ValueTask<JobId> EnqueueAsync(
        T payload, JobOptions? options = null, CancellationToken cancellationToken = default) =>
        (await EnqueueManyAsync([payload], options, cancellationToken).ConfigureAwait(false))[0];

    public async ValueTask<IReadOnlyList<JobId>> EnqueueManyAsync(
        IEnumerable<T> payloads, JobOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(payloads);
        options ??= definition.Options;
        var operations = new List<StoreOperation>();
        foreach (var payload in payloads)
        {
            operations.Add(
                new EnqueueOperation(options.ToJob(definition.Kind, definition.Queue, definition.Write(payload))));
        }

        if (operations.Count == 0)
        {
            return [];
        }

        if (scope.Buffer is { } buffer)
        {
            foreach (var operation in operations)
            {
                buffer.Add((JobOperation)operation);
            }

            return [.. operations.Select(static one => ((JobOperation)one).Job)];
        }

        var result = await new DirectScope(scope.Storage)
            .CommitAsync(operations, null, cancellationToken)
            .ConfigureAwait(false);
        return result.IsCommitted
            ? [.. result.Jobs.Select(static one => one.Job)]
            : throw Conflicts.ToException(result.Conflicts, position => operations[position].Condition);
    }
}
