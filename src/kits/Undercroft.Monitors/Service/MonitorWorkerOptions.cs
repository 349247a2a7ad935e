namespace Undercroft.Monitors;

/// <summary>Settings of a <see cref="MonitorWorker"/>.</summary>
public sealed class MonitorWorkerOptions
{
    /// <summary>The location whose runs it carries out. The default is <c>default</c>.</summary>
    public string Location { get; set; } = MonitorPlan.DefaultLocation;

    /// <summary>What it is called in runs and lists. The default is <c>worker</c>.</summary>
    public string Name { get; set; } = "worker";

    /// <summary>How many runs it carries out at a time. The default is 16.</summary>
    public int Concurrency { get; set; } = 16;

    /// <summary>How often it says that it is there. The default is 15 seconds.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One of them cannot be used.</exception>
    public void Validate()
    {
        _ = LocationName.Check(Location, nameof(Location));
        ArgumentException.ThrowIfNullOrWhiteSpace(Name);
        if (Concurrency is < 1 or > 1000)
        {
            throw new ArgumentException($"Concurrency is {Concurrency}; expected 1 to 1000.", nameof(Concurrency));
        }

        if (HeartbeatInterval < TimeSpan.FromMilliseconds(100) || HeartbeatInterval > TimeSpan.FromHours(1))
        {
            throw new ArgumentException(
                $"HeartbeatInterval is {HeartbeatInterval}; expected 100 ms to 1 h.", nameof(HeartbeatInterval));
        }
    }
}
