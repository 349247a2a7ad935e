namespace Undercroft.Monitors;

/// <summary>Notes what happens in a run, in order, without secrets.</summary>
internal sealed class RunRecorder(TimeProvider clock, Redactor redactor, Action<RunEvent>? observer)
{
    private const int EventsMax = 2000;
    private const int MessageMax = 1000;

    private readonly Lock gate = new();
    private readonly List<RunEvent> events = [];

    public string Clean(string text)
    {
        // Cleaned before it is cut: half a secret is one too.
        var clean = redactor.Clean(text);
        return clean.Length <= MessageMax ? clean : clean[..MessageMax] + "…";
    }

    public void Add(
        RunEventType type,
        string? nodeId = null,
        double? durationMs = null,
        bool? success = null,
        int? status = null,
        string? message = null)
    {
        lock (gate)
        {
            // The end of a run is always told.
            if (events.Count >= EventsMax - 1 && type != RunEventType.MonitorEnd)
            {
                return;
            }

            var happened = new RunEvent(events.Count + 1, type, clock.GetUtcNow())
            {
                NodeId = nodeId,
                DurationMs = durationMs is { } duration ? Math.Round(duration, 3) : null,
                Success = success,
                Status = status,
                Message = message is null ? null : Clean(message),
            };
            events.Add(happened);
            observer?.Invoke(happened);
        }
    }

    public IReadOnlyList<RunEvent> Events()
    {
        lock (gate)
        {
            return [.. events];
        }
    }
}
