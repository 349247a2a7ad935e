namespace Undercroft.AspNetCore.Tests;

/// <summary>Waits for conditions, never for durations.</summary>
internal static class Waiting
{
    // Only how long a test that fails takes.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>Asks again and again until the answer is there.</summary>
    public static async Task<T> ForAsync<T>(Func<Task<T?>> ask, string what)
        where T : class
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(begun) < Limit)
        {
            if (await ask() is { } answer)
            {
                return answer;
            }

            await Task.Delay(
                TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"Waited {Limit} in vain for {what}.");
    }
}
