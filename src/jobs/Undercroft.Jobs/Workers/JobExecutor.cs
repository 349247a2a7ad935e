using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace Undercroft.Jobs;

/// <summary>Runs one job, and decides how its run ends.</summary>
internal sealed class JobExecutor(JobWorker worker)
{
    /// <summary>Runs a job to its end, or until it is given up.</summary>
    /// <returns>How the run is to be settled; null where there is nothing to settle.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a handler throws is how its run ended.")]
    public async ValueTask<Settlement?> RunAsync(JobRun run)
    {
        var activity = worker.Meter.Begin(run.Job);
        var began = worker.Clock.GetTimestamp();
        Exception? error = null;
        Settlement? settlement;
        try
        {
            // The handler goes on by itself: one that blocks its thread must not hold who waits for it.
            var work = HandleAsync(run);
            if (await Task.WhenAny(work, run.Abandoned).ConfigureAwait(false) != work)
            {
                Log.Abandoned(
                    run.Logger, run.Job.Id, run.Job.Kind, run.CancelReason, worker.Options.AbandonAfter);
                Forget(work);
                throw new RunTimeoutException("The handler did not heed its cancellation and was given up.");
            }

            await work.ConfigureAwait(false);
            settlement = Ended(run);
        }
        catch (Exception failure)
        {
            error = failure;
            settlement = Failed(run, failure);
        }

        var outcome = run.IsSettled ? SettlementKind.Succeed : settlement?.Kind;
        var shown = outcome is SettlementKind.Retry or SettlementKind.Fail ? error : null;
        worker.Meter.End(run.Job, activity, outcome, shown, worker.Clock.GetElapsedTime(began));
        return settlement;
    }

    private async Task HandleAsync(JobRun run)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        using var log = run.Logger.BeginScope(new JobLogScope(run.Job));
        if (worker.Services?.GetService<IServiceScopeFactory>() is not { } scopes)
        {
            await run.Handler.RunAsync(new JobContext(run)).ConfigureAwait(false);
            return;
        }

        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            run.Services = scope.ServiceProvider;
            await run.Handler.RunAsync(new JobContext(run)).ConfigureAwait(false);
        }
    }

    private Settlement? Ended(JobRun run)
    {
        if (run.IsSettled)
        {
            return null;
        }

        if (run.Session.IsLost)
        {
            return Lost(run);
        }

        return run.SnoozeDelay is { } delay ? Settlement.Snooze(delay) : Settlement.Succeed(run.Result);
    }

    private Settlement? Failed(JobRun run, Exception error)
    {
        if (run.IsSettled)
        {
            // The work is done and can never be done again; what came after is only told.
            Log.FailedAfterEnd(run.Logger, error, run.Job.Id, run.Job.Kind);
            return null;
        }

        if (run.Session.IsLost || error is StaleLeaseException stale && stale.Job == run.Job.Id)
        {
            return Lost(run);
        }

        var hasHeeded = error is OperationCanceledException or TimeoutException;
        return run.CancelReason switch
        {
            JobCancelReason.Requested when hasHeeded => Settlement.Cancelled,
            JobCancelReason.Stopping when hasHeeded => Settlement.Released,
            JobCancelReason.Timeout when hasHeeded => Retry(run, new RunTimeoutException(
                $"The run took longer than its timeout of {run.Timeout:g}.", error)),
            _ => Retry(run, error),
        };
    }

    private Settlement? Lost(JobRun run)
    {
        worker.Meter.WentStale(1);
        Log.LeaseLost(run.Logger, run.Job.Id, run.Job.Kind, run.Job.Attempt);
        return null;
    }

    private Settlement Retry(JobRun run, Exception error)
    {
        var attemptsMax = Math.Min(run.Job.AttemptsMax, run.Handler.Options.Retry.AttemptsMax);
        var delay = error switch
        {
            JobPermanentException => null,
            JobRetryException told => run.Job.Attempt < attemptsMax ? told.Delay : null,
            _ => Ask(run, new RetryAttempt(run.Job.Attempt, attemptsMax, error)),
        };
        if (delay is not { } wait)
        {
            Log.Died(run.Logger, error, run.Job.Id, run.Job.Kind, run.Job.Attempt);
            return Settlement.Fail(Describe(error));
        }

        Log.Failed(run.Logger, error, run.Job.Id, run.Job.Kind, run.Job.Attempt, attemptsMax, wait);
        return Settlement.Retry(wait, Describe(error));
    }

    [SuppressMessage("Design", "CA1031", Justification = "A policy that throws must not stop the worker.")]
    private TimeSpan? Ask(JobRun run, RetryAttempt attempt)
    {
        try
        {
            return run.Handler.Options.Retry.DelayAfter(attempt, worker.Random);
        }
        catch (Exception error)
        {
            Log.PolicyFailed(run.Logger, error, run.Job.Id, run.Job.Kind);
            return null;
        }
    }

    // What is no bug is said in its sentence; where a bug is, only the frames tell.
    private static string Describe(Exception error)
    {
        var text = error switch
        {
            RunTimeoutException => error.Message,
            JobPermanentException or JobRetryException =>
                error.InnerException is { } cause ? $"{error.Message} ({cause.GetType().Name})" : error.Message,
            StoreException => $"{error.Message} ({error.GetType().Name})",
            _ => error.ToString(),
        };
        return text.Length <= JobLimits.ErrorLengthMax ? text : text[..JobLimits.ErrorLengthMax];
    }

    // Whatever it comes to, somebody has looked at it.
    private static void Forget(Task work) => _ = work.ContinueWith(
        static ended => _ = ended.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}
