using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Undercroft.Jobs;

/// <summary>Settles runs, many in one commit: whatever has gathered while the last commit was on its way.</summary>
/// <remarks>A run that cannot be settled is kept, and tried again every now and then while its session lasts; once the
/// session is over, the job runs again.</remarks>
internal sealed class SettleQueue(JobWorker worker)
{
    private const int WaitingMax = 10_000;
    private const int KeptMax = 10_000;
    private const int RetriedMax = 100;
    private const int AttemptsMax = 8;
    private const int TransientAttemptsMax = 64;
    private const int DoublingsMax = 7;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Nap = TimeSpan.FromSeconds(10);

    // What could not be settled, and since when it waits to be tried again. The loop's own.
    private readonly Queue<SettleOperation> kept = new();
    private long keptAt;

    private readonly Channel<SettleOperation> waiting = Channel.CreateBounded<SettleOperation>(
        new BoundedChannelOptions(WaitingMax) { SingleReader = true });

    /// <summary>Hands a run over. Waits where too many wait already. After <see cref="Complete"/> it does nothing: such
    /// a run was given up, and its job goes back with the session.</summary>
    public async ValueTask AddAsync(JobLease lease, Settlement settlement)
    {
        var operation = new SettleOperation(lease, settlement);
        while (!waiting.Writer.TryWrite(operation))
        {
            if (!await waiting.Writer.WaitToWriteAsync().ConfigureAwait(false))
            {
                return;
            }
        }
    }

    /// <summary>Says that nothing more comes: the loop ends when all is settled.</summary>
    public void Complete() => waiting.Writer.Complete();

    /// <summary>Settles until there is nothing more.</summary>
    /// <param name="cancellationToken">Ends it, whatever is left.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var batch = new List<SettleOperation>(worker.Options.SettleBatchMax);
        while (await WaitAsync(cancellationToken).ConfigureAwait(false))
        {
            batch.Clear();
            while (batch.Count < worker.Options.SettleBatchMax && waiting.Reader.TryRead(out var one))
            {
                batch.Add(one);
            }

            if (batch.Count > 0)
            {
                await SettleAsync(batch, cancellationToken).ConfigureAwait(false);
            }

            await RetryAsync(Nap, cancellationToken).ConfigureAwait(false);
        }

        await RetryAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Settles runs now. Those that are stale are left out, and the others settled all the same. While the
    /// store is away it goes on trying; a settlement that is refused stands back from those that are not, and a run
    /// whose result is refused has failed by it.</summary>
    public async ValueTask SettleAsync(List<SettleOperation> batch, CancellationToken cancellationToken) =>
        _ = await TrySettleAsync(batch, AttemptsMax, cancellationToken).ConfigureAwait(false);

    [SuppressMessage("Design", "CA1031", Justification = "What cannot be settled is kept for later, and told.")]
    private async ValueTask<bool> TrySettleAsync(
        List<SettleOperation> batch, int attemptsMax, CancellationToken cancellationToken)
    {
        for (var attempt = 1; batch.Count > 0; attempt++)
        {
            worker.Pulse.Turn(WorkerLoop.Settle);
            try
            {
                var stale = await worker.Link.SettleAsync(batch, cancellationToken).ConfigureAwait(false);
                if (stale.Count == 0)
                {
                    worker.Meter.SettledBatch(batch.Count);
                    batch.ForEach(operation => worker.Let(operation.Lease));
                    return true;
                }

                worker.Meter.WentStale(stale.Count);
                batch.FindAll(operation => stale.Contains(operation.Job)).ForEach(one => worker.Let(one.Lease));
                _ = batch.RemoveAll(operation => stale.Contains(operation.Job));
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                var isTransient = error is StoreException { IsTransient: true };
                if (!isTransient && batch.Count > 1)
                {
                    return await SettleSinglyAsync(batch, attemptsMax, cancellationToken).ConfigureAwait(false);
                }

                if (IsRefused(error) && batch[0] is { Settlement.Result.Length: > 0 } refused)
                {
                    batch[0] = new SettleOperation(refused.Lease, Settlement.Fail(error.Message));
                    continue;
                }

                if (attempt >= (isTransient && attemptsMax > 1 ? TransientAttemptsMax : attemptsMax) ||
                    error is not StoreException)
                {
                    Log.SettleFailed(worker.Logger, error, batch.Count);
                    Keep(batch);
                    return false;
                }

                await Task.Delay(
                    FirstDelay * (1 << Math.Min(attempt - 1, DoublingsMax)), worker.Clock, cancellationToken)
                    .ConfigureAwait(false);
            }
        }

        return true;
    }

    private static bool IsRefused(Exception error) => error is LimitExceededException or ArgumentException;

    // Once one could not be settled for all its attempts, the others are tried once: what stands in the way need not be
    // waited for with each.
    private async ValueTask<bool> SettleSinglyAsync(
        List<SettleOperation> batch, int attemptsMax, CancellationToken cancellationToken)
    {
        var isDone = true;
        foreach (var one in batch)
        {
            isDone &= await TrySettleAsync([one], isDone ? attemptsMax : 1, cancellationToken).ConfigureAwait(false);
        }

        return isDone;
    }

    private void Keep(List<SettleOperation> batch)
    {
        if (kept.Count == 0)
        {
            keptAt = worker.Clock.GetTimestamp();
        }

        foreach (var one in batch)
        {
            if (kept.Count < KeptMax && worker.FindSession(one.Lease.Session) is not null)
            {
                kept.Enqueue(one);
            }
        }
    }

    /// <summary>Tries some of those again that could not be settled, where that is due: once each.</summary>
    private async ValueTask RetryAsync(TimeSpan every, CancellationToken cancellationToken)
    {
        if (kept.Count == 0 || worker.Clock.GetElapsedTime(keptAt) < every)
        {
            return;
        }

        keptAt = worker.Clock.GetTimestamp();
        var batch = new List<SettleOperation>();
        while (batch.Count < RetriedMax && kept.TryDequeue(out var one))
        {
            if (worker.FindSession(one.Lease.Session) is not null)
            {
                batch.Add(one);
            }
        }

        _ = await TrySettleAsync(batch, attemptsMax: 1, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits for the next run, and shows every now and then that it does.</summary>
    private async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        var next = waiting.Reader.WaitToReadAsync(cancellationToken);
        if (next.IsCompleted)
        {
            return await next.ConfigureAwait(false);
        }

        var task = next.AsTask();
        while (true)
        {
            worker.Pulse.Turn(WorkerLoop.Settle);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var first = await Task.WhenAny(task, Task.Delay(Nap, worker.Clock, ending.Token)).ConfigureAwait(false);
            await ending.CancelAsync().ConfigureAwait(false);
            if (first == task)
            {
                return await task.ConfigureAwait(false);
            }

            cancellationToken.ThrowIfCancellationRequested();
            await RetryAsync(Nap, cancellationToken).ConfigureAwait(false);
        }
    }
}
