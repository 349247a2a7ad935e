using static Undercroft.Files.Tests.StoreFolder;

namespace Undercroft.Files.Tests;

/// <summary>A clock that was wrong once, and processes that come and go.</summary>
public sealed class ClockTests : IAsyncLifetime
{
    private readonly StoreFolder folder = new();

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => folder.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Time_passes_while_nobody_has_a_store_open_whose_time_is_ahead(bool checkpoints)
    {
        var right = folder.Clock.GetUtcNow();
        folder.Clock.Advance(TimeSpan.FromHours(1));
        _ = await WriteOnceAsync(checkpoints);
        folder.Clock.SetUtcNow(right);
        var first = await WriteOnceAsync(checkpoints);
        for (var minutes = 10; minutes <= 30; minutes += 10)
        {
            folder.Clock.Advance(TimeSpan.FromMinutes(10));

            Assert.Equal(first.AddMinutes(minutes), await WriteOnceAsync(checkpoints));
        }
    }

    private async Task<DateTimeOffset> WriteOnceAsync(bool checkpoints)
    {
        await using var store = await folder.OpenAsync();
        var at = (await store.CommitAsync(new Commit(new PutOperation(Key("a"), default)), Cancel)).At;
        if (checkpoints)
        {
            _ = await FlushAsync(store);
        }

        return at;
    }
}
