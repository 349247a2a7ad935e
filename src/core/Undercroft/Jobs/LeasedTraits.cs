namespace Undercroft.Jobs;

/// <summary>What jobs of one claim have in common: those that were enqueued together share it.</summary>
internal sealed class LeasedTraits
{
    public LeasedTraits()
    {
    }

    public LeasedTraits(JobRow row)
    {
        (Session, Queue, Kind) = (row.Session, row.Queue, row.Kind);
        (Priority, Attempt, AttemptsMax) = (row.Priority, row.Attempt, row.AttemptsMax);
        (EnqueuedAt, DueAt, StartedAt) = (row.EnqueuedAt, row.DueAt, row.StartedAt);
        if (row.Extra is { } extra)
        {
            (Snoozes, Timeout, Batch) = (extra.Snoozes, extra.Timeout, extra.Batch);
            (Headers, Steps, HasMore) = (extra.Headers, extra.Steps ?? [], true);
        }
    }

    public SessionId Session { get; set; }

    public string Queue { get; set; } = "";

    public string Kind { get; set; } = "";

    public int Priority { get; set; }

    public int Attempt { get; set; }

    public int AttemptsMax { get; set; }

    public int Snoozes { get; set; }

    public long Timeout { get; set; }

    public long EnqueuedAt { get; set; }

    public long DueAt { get; set; }

    public long StartedAt { get; set; }

    public string? Batch { get; set; }

    public RecordMeta Headers { get; set; } = RecordMeta.Empty;

    public IReadOnlyList<JobStep> Steps { get; set; } = [];

    // Such as batch and headers: then it is of one job alone.
    private bool HasMore { get; }

    /// <summary>Whether it tells of a row too.</summary>
    public bool Fits(JobRow row) =>
        !HasMore && row.Extra is null && Attempt == row.Attempt && EnqueuedAt == row.EnqueuedAt &&
        DueAt == row.DueAt && StartedAt == row.StartedAt && Priority == row.Priority &&
        AttemptsMax == row.AttemptsMax && Kind == row.Kind && Queue == row.Queue && Session == row.Session;
}
