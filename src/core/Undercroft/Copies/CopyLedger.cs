using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Undercroft.Copies;

/// <summary>What a copy or restore keeps about itself in its target: read once, then written in the same commits as
/// what it tells of. That makes each batch happen once, and lets only one writer go on.</summary>
internal sealed class CopyLedger<TState>(
    IStore target, CopyLease lease, RecordKey key, JsonTypeInfo<TState> type, TimeProvider clock)
    where TState : class
{
    private const int AttemptsMax = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    private readonly Guid client = Guid.CreateVersion7(clock.GetUtcNow());
    private Revision revision;
    private long number;

    /// <summary>What was kept; null where nothing was begun.</summary>
    public async ValueTask<TState?> LoadAsync(CancellationToken cancellationToken)
    {
        var read = await target.ReadAsync(key, default, cancellationToken).ConfigureAwait(false);
        if (read[0] is not { } record)
        {
            return null;
        }

        revision = record.Revision;
        try
        {
            return JsonSerializer.Deserialize(record.Value.Span, type) ?? throw new JsonException("It is null.");
        }
        catch (JsonException error)
        {
            throw new StoreException(
                StoreErrorKind.Corrupt,
                $"The record {Names.Show(key.ToString())}, which says how far a copy is, cannot be read: " +
                $"{JsonPlace.Describe(error)}. Delete it, and copy anew into an empty store or as a mirror.",
                error);
        }
    }

    /// <summary>Commits a batch and what is kept after it, all or nothing.</summary>
    /// <param name="operations">The batch.</param>
    /// <param name="state">What is kept from now on; null means nothing more.</param>
    /// <param name="origin">The origin of the commit.</param>
    /// <param name="cancellationToken">Ends the wait; the batch may still have happened, and is found so.</param>
    /// <returns>What is in the way of the batch; empty where it was applied.</returns>
    /// <exception cref="StoreException">Another writer has taken over, or the target fails.</exception>
    public async ValueTask<IReadOnlyList<CommitConflict>> CommitAsync(
        IReadOnlyList<StoreOperation> operations,
        TState? state,
        string origin,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            var renewal = lease.RenewIfDue();
            var own = Own(state);
            var commit = new Commit(renewal is null ? [.. operations, own] : [.. operations, own, renewal])
            {
                Origin = origin,
                Identity = new CommitIdentity(client, ++number),
            };
            var result = await RepeatAsync(commit, cancellationToken).ConfigureAwait(false);
            if (result.IsCommitted)
            {
                revision = result.Revision;
                _ = lease.Settle(renewal, result);
                return [];
            }

            if (result.Conflicts.Any(conflict => conflict.Operation == operations.Count))
            {
                throw CopyLease.Lost(target);
            }

            if (lease.Settle(renewal, result))
            {
                return result.Conflicts;
            }
        }
    }

    private StoreOperation Own(TState? state) => state is null
        ? new DeleteOperation(key, WriteCondition.At(revision))
        : new PutOperation(key, JsonSerializer.SerializeToUtf8Bytes(state, type), WriteCondition.At(revision));

    // A commit that may have happened is repeated under its identity: it happens once.
    private async ValueTask<CommitResult> RepeatAsync(Commit commit, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await target.CommitAsync(commit, cancellationToken).ConfigureAwait(false);
            }
            catch (StoreException error) when (error.IsTransient && attempt < AttemptsMax)
            {
                await Task.Delay(FirstPause * (1 << (attempt - 1)), clock, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
