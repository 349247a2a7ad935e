namespace Undercroft.Sqlite.Writing;

/// <summary>Something for the writer to do. Jobs that write records share transactions.</summary>
internal abstract class WriteJob
{
    private const int IsQueued = 0;
    private const int IsBegun = 1;
    private const int IsAbandoned = 2;

    private int stage;

    /// <summary>What the transaction must have reached before the job is acknowledged.</summary>
    public virtual Durability Level => Durability.Os;

    /// <summary>How much the job writes, in operations: a group is bounded by it.</summary>
    public virtual int Weight => 1;

    /// <summary>Whether the job runs in the group's transaction; otherwise it runs alone, outside of one.</summary>
    public virtual bool IsTransactional => true;

    /// <summary>Takes the job up.</summary>
    /// <returns>False where the caller has given up waiting before.</returns>
    public bool TryBegin() =>
        Interlocked.CompareExchange(ref stage, IsBegun, IsQueued) is IsQueued or IsBegun;

    /// <summary>Ends the caller's wait. A job not begun yet is never run.</summary>
    public void Abandon(CancellationToken cancellationToken)
    {
        _ = Interlocked.CompareExchange(ref stage, IsAbandoned, IsQueued);
        Cancel(cancellationToken);
    }

    /// <summary>Does the job; it may be called again after everything was rolled back.</summary>
    public abstract void Run(WriteSession session);

    /// <summary>Tells the caller that the job is done, and kept.</summary>
    public abstract void Acknowledge();

    /// <summary>Tells the caller that the job is not done.</summary>
    public abstract void Fail(Exception error);

    protected abstract void Cancel(CancellationToken cancellationToken);
}

/// <summary>A job with a result.</summary>
internal abstract class WriteJob<TResult> : WriteJob
{
    private readonly TaskCompletionSource<TResult> completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TResult? result;

    public Task<TResult> Task => completion.Task;

    public sealed override void Run(WriteSession session) => result = Do(session);

    public sealed override void Acknowledge() => _ = completion.TrySetResult(result!);

    public sealed override void Fail(Exception error) => _ = completion.TrySetException(error);

    protected abstract TResult Do(WriteSession session);

    protected sealed override void Cancel(CancellationToken cancellationToken) =>
        _ = completion.TrySetCanceled(cancellationToken);
}
