namespace Undercroft.Monitors;

/// <summary>Keeps a scheduler at work until it is stopped.</summary>
public sealed class MonitorSchedulerLoop
{
    private static readonly TimeSpan MaintainEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WaitMin = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly MonitorService service;
    private readonly TimeSpan pollInterval;
    private readonly Action<Exception>? failed;
    private long? turnedAt;
    private bool hasFailed;

    /// <summary>Makes a loop.</summary>
    /// <param name="service">The service whose scheduler works.</param>
    /// <param name="pollInterval">How long it sleeps at most; a plan that was changed by another process is noticed
    /// after this at the latest. Null means one second.</param>
    /// <param name="failed">Told of failures, after which the loop goes on, whatever it throws; null means nobody is.
    /// </param>
    public MonitorSchedulerLoop(
        MonitorService service, TimeSpan? pollInterval = null, Action<Exception>? failed = null)
    {
        this.service = service ?? throw new ArgumentNullException(nameof(service));
        this.pollInterval = pollInterval ?? TimeSpan.FromSeconds(1);
        ArgumentOutOfRangeException.ThrowIfLessThan(this.pollInterval, WaitMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(this.pollInterval, TimeSpan.FromHours(1));
        this.failed = failed;
    }

    /// <summary>What is wrong with the loop: it hangs, or has ended by an error. Null where nothing is, also before it
    /// works and after it was stopped.</summary>
    public string? Fault
    {
        get
        {
            lock (gate)
            {
                var limit = pollInterval + SilenceMax;
                var silent = turnedAt is { } at ? service.Clock.GetElapsedTime(at) : TimeSpan.Zero;
                return hasFailed ? "The scheduler has ended by an error."
                    : silent > limit ? $"The scheduler has not gone round for {silent:g}; expected at most {limit:g}."
                    : null;
            }
        }
    }

    /// <summary>Works until it is cancelled; a store that cannot be reached does not end it.</summary>
    /// <param name="cancellationToken">Stops it. Nothing is left half done.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await GoRoundAsync(cancellationToken).ConfigureAwait(false);
            Note(null, isFailure: false);
        }
        catch
        {
            Note(null, isFailure: true);
            throw;
        }
    }

    private async Task GoRoundAsync(CancellationToken cancellationToken)
    {
        long? maintained = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            Note(service.Clock.GetTimestamp(), isFailure: false);
            var wait = pollInterval;
            try
            {
                // First, so that a plan that cannot be fired does not keep what is dead from its end.
                if (maintained is not { } last || service.Clock.GetElapsedTime(last) >= MaintainEvery)
                {
                    maintained = service.Clock.GetTimestamp();
                    await service.Scheduler.MaintainAsync(cancellationToken).ConfigureAwait(false);
                }

                var tick = await service.Scheduler.TickAsync(cancellationToken).ConfigureAwait(false);
                service.Meter.Ticked(tick);
                wait = Until(tick.NextAt);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                Listener.Tell(failed, error);
            }

            try
            {
                await Task.Delay(wait, service.Clock, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Note(long? at, bool isFailure)
    {
        lock (gate)
        {
            turnedAt = at;
            hasFailed = isFailure;
        }
    }

    private TimeSpan Until(DateTimeOffset? nextAt)
    {
        var left = nextAt is { } next ? next - service.Time.Latest : pollInterval;
        return left < WaitMin ? WaitMin : left > pollInterval ? pollInterval : left;
    }
}
