using System.Numerics;

namespace Undercroft;

/// <summary>Counts one kind of operation without a lock: durations in buckets that double, in stripes so that threads
/// do not fight for a cache line. For what stands on a storage and tells as much about itself.</summary>
public sealed class OperationCounts
{
    private const int Buckets = 45;
    private const int Nanoseconds = Buckets;
    private const int Documents = Buckets + 1;
    private const int Failures = Buckets + 2;
    private const int Successes = Buckets + 3;

    // A success with one document, as nearly every read is: one step instead of two.
    private const int Singles = Buckets + 4;
    private const int Stripes = 8;
    private const int TimedOneIn = 16;

    private readonly long[][] stripes = [.. Enumerable.Range(0, Stripes).Select(static _ => new long[Buckets + 5])];

    /// <summary>Says whether the next operation need not be timed.</summary>
    internal bool MaySkip()
    {
        var stripe = Stripe();
        return (stripe[Successes] + stripe[Singles]) % TimedOneIn != 0;
    }

    /// <summary>Counts an operation that was not timed.</summary>
    /// <param name="found">How many documents it found, wrote or deleted.</param>
    public void Succeed(int found) => Count(Stripe(), found);

    /// <summary>Counts an operation that was timed.</summary>
    /// <param name="duration">How long it took.</param>
    /// <param name="found">How many documents it found, wrote or deleted.</param>
    public void Succeed(TimeSpan duration, int found)
    {
        var stripe = Stripe();
        var spent = (long)duration.TotalNanoseconds;
        _ = Interlocked.Increment(ref stripe[Math.Min(Buckets - 1, 64 - BitOperations.LeadingZeroCount((ulong)spent))]);
        _ = Interlocked.Add(ref stripe[Nanoseconds], spent);
        Count(stripe, found);
    }

    /// <summary>Counts an operation that failed.</summary>
    public void Fail() => Interlocked.Increment(ref Stripe()[Failures]);

    /// <summary>What has been counted so far.</summary>
    public OperationStatistics Snapshot()
    {
        var counts = new long[Buckets];
        for (var i = 0; i < Buckets; i++)
        {
            counts[i] = Sum(i);
        }

        var timed = counts.Sum();
        var mean = timed == 0 ? 0 : Sum(Nanoseconds) / timed;
        return new OperationStatistics(
            Sum(Successes) + Sum(Singles),
            Sum(Failures),
            Sum(Documents) + Sum(Singles),
            FromNanoseconds(mean),
            Quantile(counts, (timed + 1) / 2),
            Quantile(counts, timed - (timed / 100)));
    }

    private static void Count(long[] stripe, int found)
    {
        if (found == 1)
        {
            _ = Interlocked.Increment(ref stripe[Singles]);
            return;
        }

        _ = Interlocked.Increment(ref stripe[Successes]);
        if (found > 0)
        {
            _ = Interlocked.Add(ref stripe[Documents], found);
        }
    }

    private long[] Stripe() => stripes[Environment.CurrentManagedThreadId % Stripes];

    private long Sum(int slot)
    {
        var sum = 0L;
        foreach (var stripe in stripes)
        {
            sum += Volatile.Read(ref stripe[slot]);
        }

        return sum;
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
