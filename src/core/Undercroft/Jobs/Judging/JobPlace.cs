namespace Undercroft.Jobs;

/// <summary>Names one sorted list of rows. For backends.</summary>
/// <param name="List">Which kind of list.</param>
/// <param name="Queue">The queue, where the list is of one.</param>
/// <param name="Key">The kind or the concurrency key, where the list is of one.</param>
/// <param name="Session">The session, where the list is of one.</param>
/// <param name="Until">Up to which first sort key its rows are asked for: those behind it need not be given.</param>
public readonly record struct JobPlace(
    JobList List,
    string? Queue = null,
    string? Key = null,
    SessionId Session = default,
    long Until = long.MaxValue)
{
    /// <summary>Whether a row is in the list, as far as it is asked for.</summary>
    public bool Holds(JobRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row.Place == (this with { Until = long.MaxValue }) && row.SortKey.First <= Until;
    }
}
