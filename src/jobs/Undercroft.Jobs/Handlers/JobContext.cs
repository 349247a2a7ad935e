using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;

namespace Undercroft.Jobs;

/// <summary>One run of a job, as its handler sees it.</summary>
/// <remarks>The worker's signs of life are sent without a handler's doing. Safe for many threads, but not after the
/// handler has returned.</remarks>
public sealed class JobContext
{
    private readonly JobRun run;

    internal JobContext(JobRun run) => this.run = run;

    /// <summary>The job's id: the same in every run, so a key for systems that must not do it twice.</summary>
    public JobId Id => run.Job.Id;

    /// <summary>The identity of this run. Its fence grows with every run: a token for systems that refuse what is
    /// older than what they have seen.</summary>
    public JobLease Lease => run.Job.Lease;

    /// <summary>The job's queue.</summary>
    public string Queue => run.Job.Queue;

    /// <summary>The job's kind.</summary>
    public string Kind => run.Job.Kind;

    /// <summary>Which attempt this is; the first is 1.</summary>
    public int Attempt => run.Job.Attempt;

    /// <summary>How many attempts there are at most: of the job or of the handler's policy, the smaller one.</summary>
    public int AttemptsMax => Math.Min(run.Job.AttemptsMax, run.Handler.Options.Retry.AttemptsMax);

    /// <summary>How often the job was snoozed.</summary>
    public int Snoozes => run.Job.Snoozes;

    /// <summary>When the job was enqueued.</summary>
    public DateTimeOffset EnqueuedAt => run.Job.EnqueuedAt;

    /// <summary>When the job was due.</summary>
    public DateTimeOffset DueAt => run.Job.DueAt;

    /// <summary>The batch the job counts in; null means none.</summary>
    public string? Batch => run.Job.Batch;

    /// <summary>The text that travels with the job.</summary>
    public RecordMeta Headers => run.Job.Headers;

    /// <summary>The payload as it is stored.</summary>
    public ReadOnlyMemory<byte> Payload => run.Job.Payload;

    /// <summary>The storage the job came from.</summary>
    public Storage Storage => run.Storage;

    /// <summary>The services of this run: a scope of the application's own; empty where there is no application.
    /// </summary>
    public IServiceProvider Services => run.Services;

    /// <summary>Writes to the log, with the job's id, kind, queue and attempt.</summary>
    public ILogger Logger => run.Logger;

    /// <summary>Fires where the run must end.</summary>
    public CancellationToken CancellationToken => run.Token;

    /// <summary>Why the run must end.</summary>
    public JobCancelReason CancelReason => run.CancelReason;

    /// <summary>Says how far the run has got. It is kept with the worker's next sign of life, the latest word only.
    /// </summary>
    /// <param name="fraction">How much is done, from 0 to 1.</param>
    /// <param name="text">What it is at; null means nothing to say.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is out of its range.</exception>
    /// <exception cref="ArgumentException">The text has more than 1,024 bytes, or is not valid Unicode.</exception>
    public void ReportProgress(double fraction, string? text = null)
    {
        // Here, and not with the worker's next sign of life, which says the words of other runs too.
        var progress = new JobProgress(Lease, fraction, text);
        JobGuard.Check(progress);
        run.Report(progress);
    }

    /// <summary>Says what the job leaves, for those who look at it later. The last word counts.</summary>
    /// <param name="result">The bytes; they must not change any more.</param>
    public void SetResult(ReadOnlyMemory<byte> result) => run.Result = result;

    /// <summary>Says what the job leaves, as JSON. The last word counts.</summary>
    /// <param name="result">The value.</param>
    /// <param name="typeInfo">The type's description, from a <c>JsonSerializerContext</c>.</param>
    public void SetResult<T>(T result, JsonTypeInfo<T> typeInfo) =>
        run.Result = JsonSerializer.SerializeToUtf8Bytes(result, typeInfo);

    /// <summary>Has the job run again later, once the handler has returned. The attempt does not count.</summary>
    /// <param name="delay">How long to wait: not negative, at most 3,650 days.</param>
    /// <exception cref="ArgumentOutOfRangeException">The delay is out of its range.</exception>
    public void Snooze(TimeSpan delay) =>
        run.SnoozeDelay = Bounds.Check(delay, TimeSpan.Zero, Bounds.TimeMax, nameof(delay));

    /// <summary>Does a step of the job once: where an earlier run has kept its outcome, that is given back.</summary>
    /// <param name="name">The step's name, one of its own within the job.</param>
    /// <param name="typeInfo">The type's description, from a <c>JsonSerializerContext</c>.</param>
    /// <param name="step">Does it. A run that ends before the outcome is kept will have it done again.</param>
    /// <exception cref="StaleLeaseException">The run has lost its lease. Nothing was kept.</exception>
    /// <exception cref="JobPermanentException">What an earlier run has kept cannot be read.</exception>
    public async ValueTask<T> StepAsync<T>(
        string name, JsonTypeInfo<T> typeInfo, Func<CancellationToken, ValueTask<T>> step)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(typeInfo);
        ArgumentNullException.ThrowIfNull(step);
        if (run.FindStep(name) is { } kept)
        {
            return ReadStep(name, kept, typeInfo);
        }

        CancellationToken.ThrowIfCancellationRequested();
        var value = await step(CancellationToken).ConfigureAwait(false);
        await run.KeepStepAsync(name, JsonSerializer.SerializeToUtf8Bytes(value, typeInfo)).ConfigureAwait(false);
        return value;
    }

    /// <summary>Does a step whose documents and outcome are one commit: it happens exactly once.</summary>
    /// <param name="name">The step's name, one of its own within the job.</param>
    /// <param name="typeInfo">The type's description, from a <c>JsonSerializerContext</c>.</param>
    /// <param name="step">Does it in a transaction; it may run several times, but is committed once.</param>
    /// <exception cref="StaleLeaseException">The run has lost its lease. Nothing was written.</exception>
    /// <exception cref="TransactionConflictException">Others were faster each time. Nothing was written.</exception>
    /// <exception cref="JobPermanentException">What an earlier run has kept cannot be read.</exception>
    public async ValueTask<T> StepTransactionAsync<T>(
        string name, JsonTypeInfo<T> typeInfo, Func<ITransaction, ValueTask<T>> step)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(typeInfo);
        ArgumentNullException.ThrowIfNull(step);
        if (run.FindStep(name) is { } kept)
        {
            return ReadStep(name, kept, typeInfo);
        }

        return await run.StepTransactionAsync(name, typeInfo, step).ConfigureAwait(false);
    }

    /// <summary>Writes documents and ends the job in one commit: what it writes happens exactly once, whatever dies.
    /// The last thing a handler does; the outcome it has set is kept with it.</summary>
    /// <param name="body">What to do. It may run several times, but is committed once.</param>
    /// <exception cref="StaleLeaseException">The run has lost its lease. Nothing was written.</exception>
    /// <exception cref="TransactionConflictException">Others were faster each time. Nothing was written.</exception>
    /// <exception cref="InvalidOperationException">The run has ended in a transaction already.</exception>
    public ValueTask<TransactionResult> TransactionAsync(Func<ITransaction, ValueTask> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return run.FinishAsync(body);
    }

    private T ReadStep<T>(string name, ReadOnlyMemory<byte> kept, JsonTypeInfo<T> typeInfo)
    {
        try
        {
            return JsonSerializer.Deserialize(kept.Span, typeInfo)!;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A converter may throw anything. Trying again reads the same bytes.
            throw new JobPermanentException(
                $"What the step {Names.Show(name)} of a job of kind {Names.Show(Kind)} came to cannot be read as "
                + $"{typeof(T).Name}: {error.Message} It is kept: mend the type, then retry the job.",
                error);
        }
    }
}
