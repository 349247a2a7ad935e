using System.Buffers.Binary;
using System.Text;

namespace Undercroft.Jobs.Records;

/// <summary>How jobs are kept as records: their names and their index keys.</summary>
internal static class RecordKeys
{
    public const string Jobs = JobOperation.Collection;
    public const string Cells = "$job-cells";
    public const string Counts = "$job-counts";

    /// <summary>The identities of commits that carried job operations.</summary>
    public const string Replays = "$job-commits";

    /// <summary>The rows of a list, in its order.</summary>
    public const string PlaceIndex = "place";

    /// <summary>The rows of a state, in the order they were enqueued.</summary>
    public const string StateIndex = "state";

    /// <summary>The cells that are looked for by their times.</summary>
    public const string TimeIndex = "time";

    public static RecordKey Of(JobId id) => new(Jobs, id.ToString());

    public static RecordKey Of(JobCellKind kind, string key) => new(Cells, Prefix(kind) + key);

    public static RecordKey CountOf(string queue, JobState state) =>
        new(Counts, FormattableString.Invariant($"{(int)state}:{queue}"));

    public static string Prefix(JobCellKind kind) => FormattableString.Invariant($"{(int)kind}:");

    public static IReadOnlyList<IndexEntry> EntriesOf(JobRow row)
    {
        var state = new IndexEntry(StateIndex, StateKey(row.State, row.Order, row.Id));
        return row.Place.List == JobList.None ? [state] : [new IndexEntry(PlaceIndex, PlaceKey(row)), state];
    }

    public static IReadOnlyList<IndexEntry> EntriesOf(JobCell cell) =>
        cell.Kind is JobCellKind.Session or JobCellKind.Unique or JobCellKind.Rate && cell.At != long.MaxValue
            ? [new IndexEntry(TimeIndex, TimeKey(cell.Kind, cell.At))]
            : [];

    public static ScanRange RangeOf(in JobPlace place)
    {
        var from = PlaceStart(place);
        if (place.Until == long.MaxValue)
        {
            return ScanRange.Keys(PlaceIndex, from, After(from));
        }

        var end = new byte[from.Length + sizeof(long)];
        from.CopyTo(end, 0);
        WriteNumber(end.AsSpan(from.Length), place.Until + 1);
        return ScanRange.Keys(PlaceIndex, from, end);
    }

    public static ScanRange RangeOf(JobCellKind kind, long until) =>
        ScanRange.Keys(TimeIndex, TimeKey(kind, 0), TimeKey(kind, until + 1));

    public static ScanRange RangeOf(JobState state) =>
        ScanRange.Keys(StateIndex, new[] { (byte)state }, new[] { (byte)(state + 1) });

    public static byte[] StateKey(JobState state, long order, JobId id)
    {
        var key = new byte[1 + sizeof(long) + 16];
        key[0] = (byte)state;
        WriteNumber(key.AsSpan(1), order);
        _ = id.Value.TryWriteBytes(key.AsSpan(1 + sizeof(long)), bigEndian: true, out _);
        return key;
    }

    private static byte[] TimeKey(JobCellKind kind, long at)
    {
        var key = new byte[1 + sizeof(long)];
        key[0] = (byte)kind;
        WriteNumber(key.AsSpan(1), at);
        return key;
    }

    // The list, then what orders a row in it.
    private static byte[] PlaceKey(JobRow row)
    {
        var start = PlaceStart(row.Place);
        var key = new byte[start.Length + (3 * sizeof(long)) + 16];
        start.CopyTo(key, 0);
        var rest = key.AsSpan(start.Length);
        WriteNumber(rest, row.SortKey.First);
        WriteNumber(rest[sizeof(long)..], row.SortKey.Second);
        WriteNumber(rest[(2 * sizeof(long))..], row.Order);
        _ = row.Id.Value.TryWriteBytes(rest[(3 * sizeof(long))..], bigEndian: true, out _);
        return key;
    }

    // Names hold no U+0000, so a zero ends them.
    private static byte[] PlaceStart(in JobPlace place)
    {
        var names = place.List is JobList.Ready or JobList.Waiters ? $"{place.Queue}\0{place.Key}\0" : "";
        var isSession = place.List == JobList.Session;
        var start = new byte[1 + Encoding.UTF8.GetByteCount(names) + (isSession ? 16 : 0)];
        start[0] = (byte)place.List;
        var length = Encoding.UTF8.GetBytes(names, start.AsSpan(1));
        if (isSession)
        {
            _ = place.Session.Value.TryWriteBytes(start.AsSpan(1 + length), bigEndian: true, out _);
        }

        return start;
    }

    private static byte[] After(byte[] prefix)
    {
        var after = (byte[])prefix.Clone();
        for (var i = after.Length - 1; i >= 0; i--)
        {
            if (++after[i] != 0)
            {
                return after[..(i + 1)];
            }
        }

        return [0xFF];
    }

    // In the order of the numbers, negative ones too.
    private static void WriteNumber(Span<byte> to, long number) =>
        BinaryPrimitives.WriteUInt64BigEndian(to, (ulong)number ^ (1UL << 63));
}
