using System.Diagnostics.CodeAnalysis;

namespace Undercroft.Stories;

/// <summary>When an autosave saves and how often it tries.</summary>
internal sealed class AutosavePolicy(StoryAutosaveOptions options)
{
    private readonly Random random = options.Random;
    private readonly TimeSpan retryDelay = options.RetryDelay;
    private readonly TimeSpan retryDelayMax = options.RetryDelayMax;
    private readonly int attemptsMax = options.AttemptsMax;
    private readonly int storiesMax = options.StoriesMax;

    public TimeProvider Clock { get; } = options.Clock;

    public TimeSpan Interval { get; } = options.Interval;

    public TimeSpan Debounce { get; } = options.Debounce;

    public TimeSpan ExitTimeout { get; } = options.ExitTimeout;

    /// <summary>How long to wait after a failure; null where no further attempt is made.</summary>
    /// <param name="error">Why it failed.</param>
    /// <param name="failures">How many have failed in a row, this one included.</param>
    [SuppressMessage("Security", "CA5394", Justification = "Chance spreads load here; nobody gains by guessing it.")]
    public TimeSpan? RetryIn(Exception error, int failures)
    {
        if (failures >= attemptsMax || !MayPass(error))
        {
            return null;
        }

        // Up to half is left to chance, so that many who failed together do not come back together.
        var delay = Math.Min(retryDelay.TotalSeconds * Math.Pow(2, failures - 1), retryDelayMax.TotalSeconds);
        return TimeSpan.FromSeconds(delay * (1 - (random.NextDouble() / 2)));
    }

    public void CheckRoom(Dictionary<string, AutosaveEntry> entries, string storyId)
    {
        if (entries.ContainsKey(storyId))
        {
            throw new InvalidOperationException($"The story {Names.Show(storyId)} is open already.");
        }

        if (entries.Count >= storiesMax)
        {
            throw new InvalidOperationException(
                $"Cannot open {Names.Show(storyId)}: {entries.Count} stories are open, which is the most. Close one, "
                + $"or raise {nameof(StoryAutosaveOptions.StoriesMax)}.");
        }
    }

    // What the store cannot take now it will not take later; a full disk may be emptied.
    private static bool MayPass(Exception error) => error switch
    {
        StoreException store => store.Kind is not (StoreErrorKind.Corrupt or StoreErrorKind.ReadOnly
            or StoreErrorKind.LimitExceeded or StoreErrorKind.Unsupported or StoreErrorKind.Malformed),
        IOException or TimeoutException => true,
        _ => false,
    };
}
