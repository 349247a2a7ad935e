using Undercroft.Jobs;

namespace Undercroft.Sqlite.Jobs;

/// <summary>A row of a run, and what of it the file has.</summary>
/// <param name="row">The row; null where there is none.</param>
internal sealed class JobEntry(JobRow? row)
{
    private bool isEnded = row?.HasEnded == true;
    private bool isInLine = row?.Place.List == JobList.Waiters;
    private string? queue = row?.Queue;
    private int priority = row?.Priority ?? 0;
    private int attemptsMax = row?.AttemptsMax ?? 0;
    private ReadOnlyMemory<byte> payload = row?.Payload ?? default;

    public JobRow? Row { get; } = row;

    /// <summary>Whether the file has it in the history.</summary>
    public bool IsEnded => isEnded;

    /// <summary>Remembers what the file has of the row that is about to change.</summary>
    public void Remember()
    {
        if (Row is { } row)
        {
            (queue, priority, attemptsMax, payload) = (row.Queue, row.Priority, row.AttemptsMax, row.Payload);
            isInLine = row.Place.List == JobList.Waiters;
        }
    }

    /// <summary>Whether nothing but the run of the row has changed.</summary>
    public bool IsRunAlone(JobRow row) =>
        row.Extra is null && !isInLine && ReferenceEquals(queue, row.Queue) && priority == row.Priority &&
        attemptsMax == row.AttemptsMax && payload.Equals(row.Payload);

    /// <summary>Says that the file has the row as it is now.</summary>
    public void Keep() => isEnded = Row!.HasEnded;
}
