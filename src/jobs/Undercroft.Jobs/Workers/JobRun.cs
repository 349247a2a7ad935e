using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;

namespace Undercroft.Jobs;

/// <summary>One run of a job: its token, what it has said, and whether it has ended.</summary>
internal sealed class JobRun : IDisposable
{
    [SuppressMessage(
        "Usage", "CA2213", Justification = "A run that was given up still looks at it, and it has nothing to free.")]
    private readonly CancellationTokenSource cancellation = new();

    private readonly TaskCompletionSource abandoned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private readonly JobWorker worker;
    private readonly Dictionary<string, ReadOnlyMemory<byte>> steps = new(StringComparer.Ordinal);
    private ITimer? timer;
    private JobProgress? progress;
    private JobCancelReason reason;
    private bool isDisposed;

    public JobRun(JobWorker worker, WorkerSession session, LeasedJob job, JobHandler handler, ILogger logger)
    {
        this.worker = worker;
        Session = session;
        Job = job;
        Handler = handler;
        Logger = logger;
        Token = cancellation.Token;
        foreach (var step in job.Steps)
        {
            steps[step.Name] = step.Output;
        }

        var timeout = job.Timeout > TimeSpan.Zero ? job.Timeout : handler.Options.Timeout ?? TimeSpan.Zero;
        if (timeout > TimeSpan.Zero)
        {
            Timeout = timeout;
            timer = LongTimer.Start(worker.Clock, timeout, () => Cancel(JobCancelReason.Timeout));
        }
    }

    public WorkerSession Session { get; }

    public LeasedJob Job { get; }

    public JobHandler Handler { get; }

    public ILogger Logger { get; }

    public Storage Storage => worker.Storage;

    public IServiceProvider Services { get; set; } = EmptyServices.Instance;

    public CancellationToken Token { get; }

    public TimeSpan Timeout { get; }

    /// <summary>Completes where the run was cancelled and did not end for too long.</summary>
    public Task Abandoned => abandoned.Task;

    public ReadOnlyMemory<byte> Result { get; set; }

    public TimeSpan? SnoozeDelay { get; set; }

    /// <summary>Whether a transaction has settled the run.</summary>
    public bool IsSettled { get; private set; }

    public JobCancelReason CancelReason
    {
        get
        {
            lock (gate)
            {
                return reason;
            }
        }
    }

    /// <summary>Asks the run to end. The first reason stays, but that the lease is lost outdoes all.</summary>
    public void Cancel(JobCancelReason why)
    {
        lock (gate)
        {
            if (isDisposed || (reason != JobCancelReason.None && why != JobCancelReason.LeaseLost))
            {
                return;
            }

            var isFirst = reason == JobCancelReason.None;
            reason = why;
            if (!isFirst)
            {
                return;
            }

            timer?.Dispose();
            timer = LongTimer.Start(worker.Clock, worker.Options.AbandonAfter, () => abandoned.TrySetResult());
        }

        _ = NotifyAsync();
    }

    /// <summary>Keeps the latest progress for the next heartbeat.</summary>
    public void Report(JobProgress latest)
    {
        lock (gate)
        {
            progress = latest;
        }

        Session.WantBeat();
    }

    public JobProgress? TakeProgress()
    {
        lock (gate)
        {
            var taken = progress;
            progress = null;
            return taken;
        }
    }

    public ReadOnlyMemory<byte>? FindStep(string name)
    {
        lock (gate)
        {
            // Without the type the null would be the bytes of an empty step.
            return steps.TryGetValue(name, out var output) ? output : (ReadOnlyMemory<byte>?)null;
        }
    }

    public async ValueTask KeepStepAsync(string name, ReadOnlyMemory<byte> output)
    {
        await worker.Link.KeepStepAsync(Job.Lease, name, output, Token).ConfigureAwait(false);
        Remember(name, output);
    }

    public async ValueTask<T> StepTransactionAsync<T>(
        string name, JsonTypeInfo<T> typeInfo, Func<ITransaction, ValueTask<T>> step)
    {
        var value = default(T)!;
        ReadOnlyMemory<byte> output = default;
        _ = await Storage.TransactionAsync(
            async transaction =>
            {
                value = await step(transaction).ConfigureAwait(false);
                output = JsonSerializer.SerializeToUtf8Bytes(value, typeInfo);
                transaction.Add(new StepOperation(Job.Lease, name, output));
            },
            cancellationToken: Token).ConfigureAwait(false);
        Remember(name, output);
        return value;
    }

    public async ValueTask<TransactionResult> FinishAsync(Func<ITransaction, ValueTask> body)
    {
        if (IsSettled)
        {
            throw new InvalidOperationException(
                $"The run of job {Job.Id} has ended in a transaction already. Do everything in one.");
        }

        var result = await Storage.TransactionAsync(
            async transaction =>
            {
                await body(transaction).ConfigureAwait(false);
                transaction.Add(new SettleOperation(Job.Lease, Settlement.Succeed(Result)));
            },
            cancellationToken: Token).ConfigureAwait(false);
        IsSettled = true;
        return result;
    }

    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            timer?.Dispose();
        }
    }

    private void Remember(string name, ReadOnlyMemory<byte> output)
    {
        lock (gate)
        {
            steps[name] = output;
        }
    }

    private async Task NotifyAsync()
    {
        try
        {
            await cancellation.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException error)
        {
            Log.CallbackFailed(Logger, error, Job.Id);
        }
    }
}
