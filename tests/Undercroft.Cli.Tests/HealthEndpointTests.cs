using System.Text;
using Microsoft.AspNetCore.Http;
using Undercroft.Cli.Monitors;
using Undercroft.Layers;
using Undercroft.Testing;

namespace Undercroft.Cli.Tests;

/// <summary><c>/health</c> says how the store is before a probe has given up.</summary>
public sealed class HealthEndpointTests
{
    [Fact]
    public async Task A_store_that_does_not_answer_within_two_seconds_is_unhealthy()
    {
        var clock = new ManualClock();
        await using var store = new SilentStore(new MemoryStore());
        var (http, body) = NewCall();

        var answering = HealthEndpoint.AnswerAsync(http, store, clock);
        await store.Asked.Task.WaitAsync(TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromSeconds(2) - TimeSpan.FromTicks(1));
        Assert.False(answering.IsCompleted);
        clock.Advance(TimeSpan.FromTicks(1));
        await answering;

        Assert.Equal(503, http.Response.StatusCode);
        Assert.Equal("unhealthy: the store does not answer\n", Encoding.UTF8.GetString(body.ToArray()));
    }

    [Fact]
    public async Task A_store_that_answers_is_healthy()
    {
        await using var store = new MemoryStore();
        var (http, body) = NewCall();

        await HealthEndpoint.AnswerAsync(http, store, new ManualClock());

        Assert.Equal((200, "healthy\n"), (http.Response.StatusCode, Encoding.UTF8.GetString(body.ToArray())));
    }

    [Fact]
    public async Task A_store_whose_data_was_taken_away_is_unhealthy_though_keys_can_be_read()
    {
        await using var store = new GoneStore(new MemoryStore());
        var (http, _) = NewCall();

        await HealthEndpoint.AnswerAsync(http, store, new ManualClock());

        Assert.Equal(503, http.Response.StatusCode);
    }

    [Fact]
    public async Task A_store_that_cannot_be_written_is_unhealthy_though_it_can_be_read()
    {
        await using var store = new MovedStore(new MemoryStore());
        var (http, _) = NewCall();

        await HealthEndpoint.AnswerAsync(http, store, new ManualClock());

        Assert.Equal(503, http.Response.StatusCode);
    }

    [Fact]
    public async Task What_works_on_the_store_and_hangs_is_told()
    {
        await using var store = new MemoryStore();
        var (http, body) = NewCall();

        await HealthEndpoint.AnswerAsync(http, store, new ManualClock(), () => ["This hangs.", "That too."]);

        Assert.Equal(503, http.Response.StatusCode);
        Assert.Equal("unhealthy: This hangs. That too.\n", Encoding.UTF8.GetString(body.ToArray()));
    }

    private static (HttpContext Http, MemoryStream Body) NewCall()
    {
        var body = new MemoryStream();
        var http = new DefaultHttpContext();
        http.Response.Body = body;
        return (http, body);
    }

    // As a Redis that was flushed while the store was open: a key is not there, and that is all it says.
    private sealed class GoneStore(IStore inner) : DelegatingStore(inner)
    {
        public override ValueTask<ChangePage> ChangesAsync(
            ChangesRequest request, CancellationToken cancellationToken = default) =>
            throw new StoreException(StoreErrorKind.Unavailable, "There is no such store.");
    }

    // As a file that was deleted while it was open: whoever has it open still reads it.
    private sealed class MovedStore(IStore inner) : DelegatingStore(inner)
    {
        public override ValueTask<CommitResult> CommitAsync(
            Commit commit, CancellationToken cancellationToken = default) =>
            throw new StoreException(StoreErrorKind.Unavailable, "The file was moved.");
    }

    // It does not even hear that nobody waits any more.
    private sealed class SilentStore(IStore inner) : DelegatingStore(inner)
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async ValueTask<ChangePage> ChangesAsync(
            ChangesRequest request, CancellationToken cancellationToken = default)
        {
            Asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
            return await base.ChangesAsync(request, cancellationToken);
        }
    }
}
