using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Undercroft.Jobs;

namespace Undercroft.Redis.Jobs;

/// <summary>How jobs are named in Redis: their ids, their cells, the sorted sets they are listed in and their members.
/// Numbers are written so that the order of the bytes is theirs.</summary>
internal static class JobNames
{
    public const int IdBytes = 16;

    /// <summary>How many bytes of version lie before a row or a cell.</summary>
    public const int VersionBytes = sizeof(long);

    /// <summary>The sorted set of the cells that are looked for by their times.</summary>
    public static readonly byte[] Times = [(byte)'T'];

    /// <summary>Marks the lists of which only the best of all together are read.</summary>
    public static readonly byte[] Race = [(byte)'*'];

    public static byte[] Of(JobId id)
    {
        var bytes = new byte[IdBytes];
        WriteId(bytes, id);
        return bytes;
    }

    public static byte[] Of(JobCellKind kind, string key) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{(int)kind}:{key}"));

    public static byte[] CountOf(string queue, JobState state) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{(int)state}:{queue}"));

    /// <summary>The sorted set of a list. Names hold no U+0000, so it keeps two of them apart.</summary>
    public static byte[] Of(in JobPlace place)
    {
        var rest = place.List switch
        {
            JobList.Ready or JobList.Waiters => $"{place.Queue}\0{place.Key}",
            JobList.Session => place.Session.ToString(),
            _ => string.Empty,
        };
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"P:{(int)place.List}:{rest}"));
    }

    /// <summary>The sorted set of a state, in the order of enqueueing.</summary>
    public static byte[] Of(JobState state) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"S:{(int)state}"));

    /// <summary>A row's member in the list of its state.</summary>
    public static byte[] StateMember(long order, JobId id)
    {
        var member = new byte[sizeof(long) + IdBytes];
        Write(member, order);
        WriteId(member.AsSpan(sizeof(long)), id);
        return member;
    }

    /// <summary>A cell's member among the times.</summary>
    public static byte[] TimeMember(JobCellKind kind, long at, string key)
    {
        var member = new byte[1 + sizeof(long) + Encoding.UTF8.GetByteCount(key)];
        member[0] = (byte)kind;
        Write(member.AsSpan(1), at);
        _ = Encoding.UTF8.GetBytes(key, member.AsSpan(1 + sizeof(long)));
        return member;
    }

    /// <summary>The key of the cell that a member among the times stands for.</summary>
    public static string TimeKey(ReadOnlySpan<byte> member) => Encoding.UTF8.GetString(member[(1 + sizeof(long))..]);

    /// <summary>The job a member of a list stands for.</summary>
    public static JobId IdOf(ReadOnlySpan<byte> member) => new(new Guid(member[^IdBytes..], bigEndian: true));

    /// <summary>A number as it is written.</summary>
    public static byte[] Number(long number)
    {
        var bytes = new byte[sizeof(long)];
        Write(bytes, number);
        return bytes;
    }

    /// <summary>Whether a cell is looked for by its time.</summary>
    public static bool HasTime(JobCellKind kind, long at) =>
        kind is JobCellKind.Session or JobCellKind.Unique or JobCellKind.Rate && at != long.MaxValue;

    /// <summary>Writes the id of a job.</summary>
    public static void WriteId(Span<byte> to, JobId id) => _ = id.Value.TryWriteBytes(to, bigEndian: true, out _);

    /// <summary>Writes a number.</summary>
    public static void Write(Span<byte> to, long number) =>
        BinaryPrimitives.WriteUInt64BigEndian(to, (ulong)number ^ (1UL << 63));
}
