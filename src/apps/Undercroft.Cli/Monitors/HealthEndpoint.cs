using Microsoft.AspNetCore.Http;

namespace Undercroft.Cli.Monitors;

/// <summary><c>/health</c>: whether the store answers and can be written, and what works on it goes round; said before
/// who asks has given up.</summary>
internal static class HealthEndpoint
{
    // A store may try for much longer to reach its server; probes wait for a second or a few.
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(2);

    // Where its feed ends is what only the store knows; that a key is not there would be true of no store at all.
    private static readonly ChangesRequest Probe = new() { After = FeedCursor.End };

    // It writes nothing, and is refused where nothing could be written, as where the store's file was taken away.
    private static readonly Commit WriteProbe = new(
        new CheckOperation(new RecordKey("monitor-plans", "$health"), WriteCondition.Any));

    public static async Task AnswerAsync(
        HttpContext http, IStore store, TimeProvider clock, Func<IReadOnlyList<string>>? faults = null)
    {
        using var limit = new CancellationTokenSource(AnswerMax, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, limit.Token);
        try
        {
            _ = await store.ChangesAsync(Probe, either.Token).AsTask().WaitAsync(either.Token).ConfigureAwait(false);
            _ = await store.CommitAsync(WriteProbe, either.Token).AsTask().WaitAsync(either.Token)
                .ConfigureAwait(false);
            var found = faults?.Invoke() ?? [];
            http.Response.StatusCode = found.Count == 0
                ? StatusCodes.Status200OK
                : StatusCodes.Status503ServiceUnavailable;
            await http.Response
                .WriteAsync(
                    found.Count == 0 ? "healthy\n" : $"unhealthy: {string.Join(' ', found)}\n", http.RequestAborted)
                .ConfigureAwait(false);
        }
        catch (Exception error) when (error is StoreException || IsLate(error, limit))
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            var why = error is StoreException { IsTransient: false }
                ? "the store was emptied or replaced, or cannot be used as it is; see the log, and restart the service"
                : "the store does not answer";
            await http.Response.WriteAsync($"unhealthy: {why}\n", http.RequestAborted).ConfigureAwait(false);
        }
    }

    private static bool IsLate(Exception error, CancellationTokenSource limit) =>
        error is OperationCanceledException && limit.IsCancellationRequested;
}
