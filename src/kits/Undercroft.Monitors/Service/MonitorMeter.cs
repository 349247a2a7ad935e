using System.Diagnostics.Metrics;

namespace Undercroft.Monitors;

/// <summary>Counts and measures.</summary>
internal sealed class MonitorMeter : IDisposable
{
    private readonly Meter meter;
    private readonly bool isOurs;
    private readonly Histogram<double> duration;
    private readonly Counter<long> enqueued;
    private readonly Counter<long> skipped;

    public MonitorMeter(IMeterFactory? meters)
    {
        isOurs = meters is null;
        meter = meters is null
            ? new Meter(MonitorDiagnostics.SourceName)
            : meters.Create(new MeterOptions(MonitorDiagnostics.SourceName));
        duration = meter.CreateHistogram<double>(
            MonitorDiagnostics.RunDuration, "s", "Duration of one run of a plan.");
        enqueued = meter.CreateCounter<long>(MonitorDiagnostics.RunsEnqueued, "{run}", "Runs made by the scheduler.");
        skipped = meter.CreateCounter<long>(
            MonitorDiagnostics.RunsSkipped, "{run}", "Runs left out because the one before had not ended.");
    }

    public void Ran(MonitorRun run, RunOutcome outcome) => duration.Record(
        outcome.DurationMs / 1000,
        new KeyValuePair<string, object?>("undercroft.monitor.location", run.Location),
        new KeyValuePair<string, object?>("undercroft.monitor.success", outcome.Success));

    public void Ticked(MonitorTick tick)
    {
        if (tick.Enqueued > 0)
        {
            enqueued.Add(tick.Enqueued);
        }

        if (tick.Skipped > 0)
        {
            skipped.Add(tick.Skipped);
        }
    }

    public void Dispose()
    {
        // A factory disposes its own.
        if (isOurs)
        {
            meter.Dispose();
        }
    }
}
