using System.Net;
using Undercroft.Layers;
using Undercroft.Monitors;
using Undercroft.Testing;

namespace Undercroft.AspNetCore.Tests;

/// <summary>What callers hear where the store says nothing.</summary>
public sealed class SilentStoreTests
{
    [Fact]
    public async Task A_call_waits_no_longer_for_the_store_than_it_is_told_to()
    {
        var clock = new ManualClock();
        await using var store = new SilentStore(new MemoryStore());
        await using var service = await Service.StartAsync(
            static options => (options.RunsWorker, options.RunsScheduler) = (false, false),
            static options =>
            {
                options.AllowsAnonymous = true;
                options.StoreTimeout = TimeSpan.FromSeconds(3);
            },
            store: store,
            clock: clock);
        Assert.Equal(HttpStatusCode.NotFound, (await service.Api.GetAsync("/plan/x")).Status);
        store.IsSilent = true;

        var read = await LateAsync(() => service.Api.GetAsync("/plan/x"));
        var changed = await LateAsync(() => service.Api.DeleteAsync("/plan/x"));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/problem+json"), (read.Status, read.Type));
        Assert.Equal("The store has not answered for 3 s. Try again in a moment.", read.Detail);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, changed.Status);
        Assert.EndsWith("may have happened: look, before you try again.", changed.Detail, StringComparison.Ordinal);

        async Task<Answer> LateAsync(Func<Task<Answer>> call)
        {
            var asked = store.NextAsync();
            var answering = call();
            await asked.WaitAsync(TestContext.Current.CancellationToken);
            clock.Advance(TimeSpan.FromSeconds(3) - TimeSpan.FromTicks(1));
            Assert.False(answering.IsCompleted);
            clock.Advance(TimeSpan.FromTicks(1));
            return await answering;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(86_401)]
    public void A_time_that_is_none_is_refused(int seconds) => Assert.Throws<ArgumentOutOfRangeException>(
        () => new MonitorApiOptions { StoreTimeout = TimeSpan.FromSeconds(seconds) });

    private sealed class SilentStore(IStore inner) : DelegatingStore(inner)
    {
        private TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsSilent { get; set; }

        /// <summary>Completes when somebody asks next.</summary>
        public Task NextAsync()
        {
            asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return asked.Task;
        }

        public override async ValueTask<ReadResult> ReadAsync(
            KeyList keys, ReadOptions options = default, CancellationToken cancellationToken = default)
        {
            if (IsSilent)
            {
                _ = asked.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            return await base.ReadAsync(keys, options, cancellationToken);
        }

        public override async ValueTask<CommitResult> CommitAsync(
            Commit commit, CancellationToken cancellationToken = default)
        {
            if (IsSilent)
            {
                _ = asked.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            return await base.CommitAsync(commit, cancellationToken);
        }
    }
}
