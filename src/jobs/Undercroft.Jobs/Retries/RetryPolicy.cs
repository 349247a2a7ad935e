namespace Undercroft.Jobs;

/// <summary>Says whether a job that failed runs again, and after how long. Immutable.</summary>
/// <remarks>A handler can always decide for itself: <see cref="JobPermanentException"/> ends the job,
/// <see cref="JobRetryException"/> names the delay, and <see cref="JobContext.Snooze"/> puts it off without an
/// attempt.</remarks>
public sealed class RetryPolicy
{
    /// <summary>The most attempts a policy may allow.</summary>
    public const int AttemptsLimit = 1000;

    private readonly Func<RetryAttempt, Random, TimeSpan?> delay;

    private RetryPolicy(int attemptsMax, Func<RetryAttempt, Random, TimeSpan?> delay)
    {
        AttemptsMax = Bounds.Check(attemptsMax, 1, AttemptsLimit, nameof(attemptsMax));
        this.delay = delay;
    }

    /// <summary>Twenty attempts; the delay doubles from 2 seconds to at most an hour, with full jitter.</summary>
    public static RetryPolicy Default { get; } = Exponential(TimeSpan.FromSeconds(2), TimeSpan.FromHours(1), 20);

    /// <summary>One attempt.</summary>
    public static RetryPolicy None { get; } = new(1, static (_, _) => null);

    /// <summary>How many attempts a job gets at most, the first one counted; its own limit, 20 unless it says
    /// otherwise, counts too: the smaller of the two.</summary>
    public int AttemptsMax { get; }

    /// <summary>Doubles the delay after each attempt.</summary>
    /// <param name="first">The delay after the first attempt; positive.</param>
    /// <param name="max">The longest delay; not shorter than the first, at most 3,650 days.</param>
    /// <param name="attemptsMax">How many attempts, the first one counted: from 1 to 1,000.</param>
    /// <param name="jitter">How much of the delay is left to chance: 0 none, 1, the default, all of it.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public static RetryPolicy Exponential(TimeSpan first, TimeSpan max, int attemptsMax = 20, double jitter = 1)
    {
        _ = Bounds.Check(first, TimeSpan.FromTicks(1), Bounds.TimeMax, nameof(first));
        _ = Bounds.Check(max, first, Bounds.TimeMax, nameof(max));
        if (!(jitter >= 0 && jitter <= 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(jitter), jitter, "The jitter is out of range; expected 0 (none) to 1 (all of the delay).");
        }

        return new RetryPolicy(attemptsMax, (attempt, random) =>
        {
            // 62 doublings reach any maximum; the double holds all of them.
            var whole = Math.Min(first.Ticks * Math.Pow(2, Math.Min(attempt.Attempt - 1, 62)), max.Ticks);
            return TimeSpan.FromTicks((long)(whole * (1 - (jitter * Next(random)))));
        });
    }

    /// <summary>Waits the same time after each attempt.</summary>
    /// <param name="delay">How long: not negative, at most 3,650 days.</param>
    /// <param name="attemptsMax">How many attempts, the first one counted: from 1 to 1,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public static RetryPolicy Fixed(TimeSpan delay, int attemptsMax)
    {
        _ = Bounds.Check(delay, TimeSpan.Zero, Bounds.TimeMax, nameof(delay));
        return new RetryPolicy(attemptsMax, (_, _) => delay);
    }

    /// <summary>Asks the application.</summary>
    /// <param name="attemptsMax">How many attempts at most, the first one counted: from 1 to 1,000.</param>
    /// <param name="delay">Gives the delay, or null where the job must not run again. What is out of range is brought
    /// into it; an exception of it ends the job.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public static RetryPolicy Custom(int attemptsMax, Func<RetryAttempt, TimeSpan?> delay)
    {
        ArgumentNullException.ThrowIfNull(delay);
        return new RetryPolicy(attemptsMax, (attempt, _) => delay(attempt));
    }

    /// <summary>Says how long to wait after an attempt that failed; null where it was the last.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="random">Where chance comes from.</param>
    public TimeSpan? DelayAfter(RetryAttempt attempt, Random random)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        ArgumentNullException.ThrowIfNull(random);
        return attempt.Attempt >= attempt.AttemptsMax || delay(attempt, random) is not { } wait
            ? null
            : TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, Bounds.TimeMax.Ticks));
    }

#pragma warning disable CA5394 // Jitter keeps nobody out.
    private static double Next(Random random) => random.NextDouble();
#pragma warning restore CA5394
}
