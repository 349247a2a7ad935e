namespace Undercroft.Jobs;

/// <summary>Runs what is pending, one job after the other, under a session that lasts as long.</summary>
internal sealed class PendingRunner(JobWorker worker, IReadOnlyList<string> queues, IReadOnlyList<string> kinds)
{
    public async ValueTask<int> RunAsync(int max, CancellationToken cancellationToken)
    {
        await worker.MaintainAsync(cancellationToken).ConfigureAwait(false);
        if (kinds.Count == 0)
        {
            return 0;
        }

        var session = await WorkerSession.OpenAsync(worker, cancellationToken).ConfigureAwait(false);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var stopping = cancellationToken.Register(() => Cancel(session));
        var renewing = session.RenewAsync(ending.Token);
        var count = 0;
        try
        {
            while (count < max && !session.IsLost)
            {
                var claim = await worker.Link.Store
                    .ClaimAsync(
                        session.Id, new ClaimRequest { Queues = queues, Kinds = kinds, Max = 1 }, cancellationToken)
                    .ConfigureAwait(false);
                if (claim.Jobs.Count == 0 && claim.NextDueAt <= claim.At && claim.IsSessionAlive)
                {
                    // What must wait for a rate limit stood in front.
                    continue;
                }

                if (claim.Jobs.Count == 0)
                {
                    break;
                }

                await RunAsync(session, claim.Jobs[0], cancellationToken).ConfigureAwait(false);
                count++;
            }

            return count;
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!session.IsLost)
            {
                await session.CloseAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask RunAsync(WorkerSession session, LeasedJob job, CancellationToken cancellationToken)
    {
        worker.Meter.Claimed(job);
        if (await worker.ExecuteAsync(session, job).ConfigureAwait(false) is { } settlement)
        {
            // What was done is said, also where the caller wants to go.
            await worker.Settling
                .SettleAsync([new SettleOperation(job.Lease, settlement)], CancellationToken.None)
                .ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private static void Cancel(WorkerSession session)
    {
        foreach (var run in session.Runs)
        {
            run.Cancel(JobCancelReason.Stopping);
        }
    }
}
