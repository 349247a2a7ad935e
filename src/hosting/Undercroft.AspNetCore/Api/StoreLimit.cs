namespace Undercroft.AspNetCore.Api;

/// <summary>How long a call waits for the store. What the caller still sends does not count.</summary>
internal sealed class StoreLimit(TimeSpan time, TimeProvider clock, CancellationToken aborted) : IDisposable
{
    private CancellationTokenSource? limit;
    private CancellationTokenSource? either;

    /// <summary>Whether the time is over.</summary>
    public bool IsOver => limit?.IsCancellationRequested == true && !aborted.IsCancellationRequested;

    /// <summary>Begins to count, with the first call.</summary>
    public CancellationToken Begin()
    {
        limit ??= new CancellationTokenSource(time, clock);
        either ??= CancellationTokenSource.CreateLinkedTokenSource(aborted, limit.Token);
        return either.Token;
    }

    public void Dispose()
    {
        either?.Dispose();
        limit?.Dispose();
    }
}
