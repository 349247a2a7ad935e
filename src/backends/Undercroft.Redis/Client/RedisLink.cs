namespace Undercroft.Redis.Client;

/// <summary>Keeps one connection to one place, and makes it again whenever it breaks.</summary>
internal sealed class RedisLink : IAsyncDisposable
{
    private static readonly TimeSpan BackoffFirst = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(1);

    private readonly RedisClientOptions options;
    private readonly Func<CancellationToken, ValueTask<RedisConnection>> open;
    private readonly ILinkOwner owner;
    private readonly CancellationTokenSource ending = new();
    private readonly TaskCompletionSource tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RedisConnection? connection;
    private RedisException? failure;
    private Task loop = Task.CompletedTask;

    /// <summary>Prepares a link; <see cref="Start"/> makes it.</summary>
    /// <param name="options">How long to pause.</param>
    /// <param name="open">Finds the place and opens a connection to it.</param>
    /// <param name="owner">Hears how it goes.</param>
    public RedisLink(
        RedisClientOptions options, Func<CancellationToken, ValueTask<RedisConnection>> open, ILinkOwner owner) =>
        (this.options, this.open, this.owner) = (options, open, owner);

    /// <summary>The connection; null while there is none.</summary>
    public RedisConnection? Connection => Volatile.Read(ref connection);

    /// <summary>Why there is none; null while there is one.</summary>
    public RedisException? Failure => Volatile.Read(ref failure);

    /// <summary>Ends with the first attempt, however it went.</summary>
    public Task Tried => tried.Task;

    /// <summary>Begins to connect.</summary>
    public void Start() => loop = RunAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync().ConfigureAwait(false);
        Connection?.Dispose();
        await loop.ConfigureAwait(false);
        ending.Dispose();
    }

    private async Task RunAsync()
    {
        var failures = 0;
        while (!ending.IsCancellationRequested)
        {
            try
            {
                var opened = await open(ending.Token).ConfigureAwait(false);
                var openedAt = options.Clock.GetTimestamp();
                Volatile.Write(ref failure, null);
                Volatile.Write(ref connection, opened);
                owner.HasOpened(this, opened);
                _ = tried.TrySetResult();
                await UseAsync(opened).ConfigureAwait(false);
                failures = options.Clock.GetElapsedTime(openedAt) >= Settled ? 0 : failures + 1;
            }
            catch (RedisException error)
            {
                failures++;
                Volatile.Write(ref failure, error);
                owner.HasFailed(this, error);
                _ = tried.TrySetResult();
            }
            catch (OperationCanceledException)
            {
                break;
            }

            await PauseAsync(failures).ConfigureAwait(false);
        }

        _ = tried.TrySetResult();
    }

    private async ValueTask UseAsync(RedisConnection opened)
    {
        if (ending.IsCancellationRequested)
        {
            opened.Dispose();
        }

        await opened.Closed.ConfigureAwait(false);
        Volatile.Write(ref connection, null);
    }

    // The first attempt after a connection that had lasted is made at once.
    private async ValueTask PauseAsync(int failures)
    {
        if (failures == 0)
        {
            return;
        }

        var pause = BackoffFirst * Math.Pow(2, Math.Min(failures - 1, 16));
        try
        {
            await Task.Delay(pause < options.BackoffMax ? pause : options.BackoffMax, options.Clock, ending.Token)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The loop sees it too.
        }
    }
}
