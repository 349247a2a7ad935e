using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Undercroft.Jobs;

/// <summary>Reckons when a schedule has to be fired.</summary>
internal static class ScheduleTimes
{
    /// <summary>The most times of one schedule that are fired in one commit.</summary>
    public const int FiresMax = 100;

    private static readonly TimeSpan LateMax = TimeSpan.FromMinutes(1);

    /// <summary>Refuses a schedule that makes no sense.</summary>
    /// <exception cref="ArgumentException">It does not; the sentence says what is wrong.</exception>
    public static void Check(JobSchedule schedule, Func<string, TimeZoneInfo> findZone)
    {
        CheckName(schedule.Name, "name");
        CheckName(schedule.Kind, "kind");
        CheckName(schedule.Queue, "queue");
        if (CronExpression.Parse(schedule.Cron).NextAfter(DateTimeOffset.UnixEpoch, TimeZoneInfo.Utc) is null)
        {
            throw new ArgumentException(
                $"The schedule {Names.Show(schedule.Name)} with the cron expression {Names.Show(schedule.Cron)} is " +
                "never due. Correct the day or the month.");
        }

        _ = findZone(schedule.TimeZone);
        _ = Bounds.Check(schedule.AttemptsMax, 1, RetryPolicy.AttemptsLimit, nameof(schedule.AttemptsMax));
        _ = Bounds.Check(schedule.Timeout, TimeSpan.Zero, Bounds.TimeMax, nameof(schedule.Timeout));
    }

    public static DateTimeOffset? Next(
        JobSchedule schedule, DateTimeOffset after, Func<string, TimeZoneInfo> findZone) =>
        Later(CronExpression.Parse(schedule.Cron).NextAfter(after, findZone(schedule.TimeZone)), after, schedule);

    /// <summary>Refuses a next time that is none: with it a schedule would fire without end.</summary>
    /// <exception cref="InvalidOperationException">It is not later than what it follows.</exception>
    public static DateTimeOffset? Later(DateTimeOffset? next, DateTimeOffset after, JobSchedule schedule) =>
        next is null || next > after
            ? next
            : throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"The schedule {Names.Show(schedule.Name)} was told {next:O} as its time after {after:O}, which is " +
                $"not later. Nothing was fired. Report it with the cron expression {Names.Show(schedule.Cron)} and " +
                $"the time zone {Names.Show(schedule.TimeZone)}."));

    /// <summary>The times to fire now, and the next one after them.</summary>
    public static (IReadOnlyList<DateTimeOffset> Fires, DateTimeOffset? Next) Due(
        JobSchedule schedule, DateTimeOffset now, Func<string, TimeZoneInfo> findZone)
    {
        if (schedule.IsPaused || schedule.NextAt is not { } first || first > now)
        {
            return ([], schedule.NextAt);
        }

        if (schedule.Misfire == ScheduleMisfire.RunEach)
        {
            var fires = new List<DateTimeOffset>();
            DateTimeOffset? at = first;
            while (at is { } due && due <= now && fires.Count < FiresMax)
            {
                fires.Add(due);
                at = Next(schedule, due, findZone);
            }

            return (fires, at);
        }

        var next = Next(schedule, now, findZone);
        return schedule.Misfire == ScheduleMisfire.Skip && now - first > LateMax ? ([], next) : ([first], next);
    }

    /// <summary>The id of the job of a time: always the same, so that no time is enqueued twice.</summary>
    public static JobId IdOf(string name, DateTimeOffset fireAt)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var text = Encoding.UTF8.GetBytes(name);
        var bytes = new byte[text.Length + sizeof(long)];
        text.CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(text.Length), fireAt.UtcTicks);
        _ = SHA256.HashData(bytes, hash);
        return new JobId(new Guid(hash[..16], bigEndian: true));
    }

    /// <summary>The unique key of the jobs of a schedule that skips while one runs: its name, or what stands for a name
    /// that is too long for a key.</summary>
    public static string KeyOf(string name)
    {
        var key = $"schedule:{name}";
        return Encoding.UTF8.GetByteCount(key) <= NewJob.NameBytesMax
            ? key
            : $"schedule#{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))}";
    }

    public static TimeZoneInfo FindZone(string id)
    {
        if (id == "UTC")
        {
            return TimeZoneInfo.Utc;
        }

        return TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone)
            ? zone
            : throw new ArgumentException(
                $"The time zone {Names.Show(id)} is not known on this machine; expected an id such as " +
                "'Europe/Berlin', or 'UTC'. Correct it, or install the time zones (the package tzdata).");
    }

    private static void CheckName(string? name, string what)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new ArgumentException(
                $"A schedule needs a {what}; found {(name is null ? "none" : Names.Show(name))}. Give it one.");
        }
    }
}
