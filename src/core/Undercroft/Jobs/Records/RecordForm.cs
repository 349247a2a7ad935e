using System.Buffers.Binary;
using System.Globalization;

namespace Undercroft.Jobs.Records;

/// <summary>Reads what the records of jobs hold. The one place where damage becomes an error that names the record.
/// </summary>
/// <param name="backend">The store's backend, as its errors name it.</param>
internal sealed class RecordForm(string backend)
{
    /// <summary>Reads a row.</summary>
    /// <exception cref="StoreException">The record is damaged.</exception>
    public JobRow Row(StoreRecord record)
    {
        var id = Id(record.Key);
        try
        {
            return JobForm.ReadRow(id, record.Value);
        }
        catch (InvalidDataException error)
        {
            throw Damaged(record.Key, error.Message, error);
        }
    }

    /// <summary>Reads the id that a row is kept under.</summary>
    /// <exception cref="StoreException">It is none.</exception>
    public JobId Id(RecordKey key) => JobId.TryParse(key.Id, out var id)
        ? id
        : throw Damaged(key, "Its id is none of a job; expected 32 hexadecimal digits.", null);

    /// <summary>Reads a cell.</summary>
    /// <exception cref="StoreException">The record is damaged.</exception>
    public JobCell Cell(JobCellKind kind, StoreRecord record)
    {
        try
        {
            return JobForm.ReadCell(kind, record.Key.Id[RecordKeys.Prefix(kind).Length..], record.Value);
        }
        catch (InvalidDataException error)
        {
            throw Damaged(record.Key, error.Message, error);
        }
    }

    /// <summary>Reads how many jobs of a queue are in a state.</summary>
    /// <exception cref="StoreException">The record is damaged.</exception>
    public (string Queue, int State, long Count) Count(StoreRecord record)
    {
        var id = record.Key.Id;
        var at = id.IndexOf(':', StringComparison.Ordinal);
        if (at < 0 ||
            !int.TryParse(id.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var state) ||
            state >= JobViews.StateCount)
        {
            throw Damaged(record.Key, "Its id is no state and queue.", null);
        }

        return record.Value.Length == sizeof(long)
            ? (id[(at + 1)..], state, BinaryPrimitives.ReadInt64BigEndian(record.Value.Span))
            : throw Damaged(
                record.Key,
                FormattableString.Invariant($"It has {record.Value.Length} bytes; expected a count of {sizeof(long)}."),
                null);
    }

    /// <summary>Reads what the job operations of an earlier commit came to.</summary>
    /// <param name="record">The record of its identity.</param>
    /// <param name="start">Where the outcomes begin.</param>
    /// <param name="commit">The commit, repeated.</param>
    /// <exception cref="StoreException">The record is damaged.</exception>
    public IReadOnlyList<JobOutcome> Outcomes(StoreRecord record, int start, Commit commit)
    {
        try
        {
            return JobOutcomeForm.Read(record.Value[start..], commit);
        }
        catch (InvalidDataException error)
        {
            throw Damaged(record.Key, error.Message, error);
        }
    }

    private StoreException Damaged(RecordKey key, string how, Exception? error) => new(
        StoreErrorKind.Corrupt,
        $"The jobs of the store cannot be read: the record '{key}' is damaged. {how} Restore the store " +
        "from a backup.",
        error)
    {
        Backend = backend,
    };
}
