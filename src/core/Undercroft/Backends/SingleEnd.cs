namespace Undercroft.Backends;

/// <summary>Ends something once: whoever ends it again, or at the same time, waits for the same end. Safe for many
/// threads.</summary>
public sealed class SingleEnd
{
    private TaskCompletionSource? ending;

    /// <summary>Whether the end has begun.</summary>
    public bool HasBegun => Volatile.Read(ref ending) is not null;

    /// <summary>Ends it, or waits until it has ended. What the end throws is thrown to the one who began it.</summary>
    /// <param name="end">Ends it; called once.</param>
    public async ValueTask RunAsync(Func<ValueTask> end)
    {
        ArgumentNullException.ThrowIfNull(end);
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref ending, mine, null) is { } others)
        {
            await others.Task.ConfigureAwait(false);
            return;
        }

        try
        {
            await end().ConfigureAwait(false);
        }
        finally
        {
            mine.SetResult();
        }
    }
}
