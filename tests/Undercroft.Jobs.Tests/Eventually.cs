namespace Undercroft.Jobs.Tests;

/// <summary>Waits for what another thread does, as long as it takes within a generous bound.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>Waits until something holds.</summary>
    /// <param name="holds">What.</param>
    /// <param name="between">Done before each further look; null means nothing.</param>
    public static async Task HoldsAsync(Func<ValueTask<bool>> holds, Action? between = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(
                TimeProvider.System.GetElapsedTime(began) < Limit, $"It did not come about within {Limit}.");
            between?.Invoke();
            await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public static Task HoldsAsync(Func<bool> holds, Action? between = null) =>
        HoldsAsync(() => ValueTask.FromResult(holds()), between);
}
