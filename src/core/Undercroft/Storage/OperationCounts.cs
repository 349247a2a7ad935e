using System.Numerics;

namespace Undercroft;

/// <summary>Counts one kind of operation without a lock: durations in buckets that double.</summary>
internal sealed class OperationCounts
{
    private const int Buckets = 48;

    private readonly long[] durations = new long[Buckets];
    private long failures;
    private long documents;
    private long nanoseconds;

    public void Succeed(TimeSpan duration, int found)
    {
        var spent = (long)duration.TotalNanoseconds;
        _ = Interlocked.Increment(ref durations[Math.Min(Buckets - 1, 64 - BitOperations.LeadingZeroCount((ulong)spent))]);
        _ = Interlocked.Add(ref nanoseconds, spent);
        if (found > 0)
        {
            _ = Interlocked.Add(ref documents, found);
        }
    }

    public void Fail() => Interlocked.Increment(ref failures);

    public OperationStatistics Snapshot()
    {
        var counts = new long[Buckets];
        for (var i = 0; i < Buckets; i++)
        {
            counts[i] = Volatile.Read(ref durations[i]);
        }

        var count = counts.Sum();
        var mean = count == 0 ? 0 : Volatile.Read(ref nanoseconds) / count;
        return new OperationStatistics(
            count,
            Volatile.Read(ref failures),
            Volatile.Read(ref documents),
            FromNanoseconds(mean),
            Quantile(counts, (count + 1) / 2),
            Quantile(counts, count - (count / 100)));
    }

    private static TimeSpan Quantile(long[] counts, long rank)
    {
        var below = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            below += counts[i];
            if (below >= rank && below > 0)
            {
                return FromNanoseconds((1L << i) - 1);
            }
        }

        return TimeSpan.Zero;
    }

    private static TimeSpan FromNanoseconds(long nanoseconds) => new(nanoseconds / TimeSpan.NanosecondsPerTick);
}
