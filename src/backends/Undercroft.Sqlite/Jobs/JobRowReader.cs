using System.Text;
using Undercroft.Jobs;
using Undercroft.Sqlite.Native;

namespace Undercroft.Sqlite.Jobs;

/// <summary>Reads rows of jobs; names that repeat are made once.</summary>
internal sealed class JobRowReader
{
    private byte[] queueBytes = [];
    private string queue = "";
    private byte[] kindBytes = [];
    private string kind = "";

    public static JobId Id(SqliteStatement row) => new(Guid(row, 1, "id"));

    public JobRow Read(SqliteStatement row) => new()
    {
        Order = row.Number(0),
        Id = Id(row),
        State = (JobState)row.Number(2),
        Queue = Name(row.Bytes(3), ref queueBytes, ref queue),
        Kind = Name(row.Bytes(4), ref kindBytes, ref kind),
        Priority = (int)row.Number(5),
        DueAt = row.Number(6),
        EnqueuedAt = row.Number(7),
        StartedAt = row.Number(8),
        Fence = row.Number(9),
        Session = row.IsNull(10) ? default : new SessionId(Guid(row, 10, "session")),
        Attempt = (int)row.Number(11),
        AttemptsMax = (int)row.Number(12),
        Extra = row.IsNull(13) ? null : JobForm.ReadExtra(row.Bytes(13).ToArray()),
        Payload = row.IsNull(14) ? default : row.Bytes(14).ToArray(),
        FinishedAt = row.Number(15),
    };

    // Who is damaged is told by the order: the id may be what is damaged.
    private static Guid Guid(SqliteStatement row, int column, string what)
    {
        var bytes = row.Bytes(column);
        return bytes.Length == 16
            ? new Guid(bytes, bigEndian: true)
            : throw new InvalidDataException(FormattableString.Invariant(
                $"The {what} of the job of order {row.Number(0)} has {bytes.Length} bytes; expected 16."));
    }

    private static string Name(ReadOnlySpan<byte> bytes, ref byte[] knownBytes, ref string known)
    {
        if (!bytes.SequenceEqual(knownBytes))
        {
            knownBytes = bytes.ToArray();
            known = Encoding.UTF8.GetString(bytes);
        }

        return known;
    }
}
