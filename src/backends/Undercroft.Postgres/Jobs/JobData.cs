using Npgsql;
using Undercroft.Jobs;
using Undercroft.Postgres.Reading;

namespace Undercroft.Postgres.Jobs;

/// <summary>A row of a job as it was read. It never changes: each run of the judge has a row of its own made of it.
/// </summary>
internal sealed class JobData
{
    // The columns of an answer, after what the row is and which list it is of.
    private const int Order = 2;

    public required JobId Id { get; init; }

    public required long Place { get; init; }

    public required long Version { get; init; }

    public required JobState State { get; init; }

    public required string Queue { get; init; }

    public required string Kind { get; init; }

    public int Priority { get; init; }

    public long DueAt { get; init; }

    public long EnqueuedAt { get; init; }

    public long StartedAt { get; init; }

    public long FinishedAt { get; init; }

    public long Fence { get; init; }

    public SessionId Session { get; init; }

    public int Attempt { get; init; }

    public int AttemptsMax { get; init; }

    public byte[]? Extra { get; init; }

    /// <summary>The payload; empty where it was not asked for.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Whether it is in the history.</summary>
    public bool HasEnded => State >= JobState.Succeeded;

    /// <summary>Reads a row of an answer.</summary>
    public static JobData Read(NpgsqlDataReader row, JobNames names) => new()
    {
        Place = row.GetInt64(Order),
        Id = new JobId(row.GetGuid(Order + 1)),
        Version = row.GetInt64(Order + 2),
        State = (JobState)row.GetInt32(Order + 3),
        Queue = names.Of(row.GetString(Order + 4)),
        Kind = names.Of(row.GetString(Order + 5)),
        Priority = row.GetInt32(Order + 6),
        DueAt = row.GetInt64(Order + 7),
        EnqueuedAt = row.GetInt64(Order + 8),
        StartedAt = row.GetInt64(Order + 9),
        FinishedAt = row.GetInt64(Order + 10),
        Fence = row.GetInt64(Order + 11),
        Session = row.IsDBNull(Order + 12) ? default : new SessionId(row.GetGuid(Order + 12)),
        Attempt = row.GetInt32(Order + 13),
        AttemptsMax = row.GetInt32(Order + 14),
        Extra = row.IsDBNull(Order + 15) ? null : RecordRow.Bytes(row, Order + 15),
        Payload = row.IsDBNull(Order + 16) ? default : RecordRow.Bytes(row, Order + 16),
    };

    /// <summary>What is stored of a row after a change, without the payload.</summary>
    public static JobData Of(JobRow row, long place, long version) => new()
    {
        Place = place,
        Id = row.Id,
        Version = version,
        State = row.State,
        Queue = row.Queue,
        Kind = row.Kind,
        Priority = row.Priority,
        DueAt = row.DueAt,
        EnqueuedAt = row.EnqueuedAt,
        StartedAt = row.StartedAt,
        FinishedAt = row.FinishedAt,
        Fence = row.Fence,
        Session = row.Session,
        Attempt = row.Attempt,
        AttemptsMax = row.AttemptsMax,
        Extra = row.Extra is null ? null : JobForm.WriteExtra(row.Extra),
    };

    /// <summary>The same without the payload, to be remembered.</summary>
    public JobData Light() => Payload.IsEmpty ? this : new()
    {
        Place = Place,
        Id = Id,
        Version = Version,
        State = State,
        Queue = Queue,
        Kind = Kind,
        Priority = Priority,
        DueAt = DueAt,
        EnqueuedAt = EnqueuedAt,
        StartedAt = StartedAt,
        FinishedAt = FinishedAt,
        Fence = Fence,
        Session = Session,
        Attempt = Attempt,
        AttemptsMax = AttemptsMax,
        Extra = Extra,
    };

    /// <summary>Makes a row for a run of the judge.</summary>
    public JobRow ToRow() => new()
    {
        Id = Id,
        Order = Place,
        Queue = Queue,
        Kind = Kind,
        Payload = Payload,
        State = State,
        Priority = Priority,
        DueAt = DueAt,
        EnqueuedAt = EnqueuedAt,
        StartedAt = StartedAt,
        FinishedAt = FinishedAt,
        Fence = Fence,
        Session = Session,
        Attempt = Attempt,
        AttemptsMax = AttemptsMax,
        Extra = Extra is null ? null : JobForm.ReadExtra(Extra),
    };
}

/// <summary>Names that repeat from row to row, made once.</summary>
internal sealed class JobNames
{
    private string first = "";
    private string second = "";

    public string Of(string name)
    {
        if (name == first)
        {
            return first;
        }

        if (name != second)
        {
            second = name;
        }

        (first, second) = (second, first);
        return first;
    }
}

/// <summary>A cell as it was read.</summary>
/// <param name="Version">Another number after each change.</param>
/// <param name="Form">Its bytes.</param>
internal sealed record CellData(long Version, byte[] Form)
{
    private const int VersionAt = 4;
    private const int KindAt = 5;
    private const int KeyAt = 6;
    private const int FormAt = 17;

    /// <summary>Reads a cell of an answer.</summary>
    public static (JobCellKind Kind, string Key, CellData Data) Read(NpgsqlDataReader row) => (
        (JobCellKind)row.GetInt32(KindAt), row.GetString(KeyAt),
        new CellData(row.GetInt64(VersionAt), RecordRow.Bytes(row, FormAt)));
}
