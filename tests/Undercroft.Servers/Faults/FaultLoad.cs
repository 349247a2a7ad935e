using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using Xunit;

namespace Undercroft.Servers;

/// <summary>Writers that commit one after the other, each with an identity, and a reader that follows the feed, while
/// something happens to the server. They do what every caller may: repeat what failed with a transient error.</summary>
public sealed class FaultLoad : IAsyncDisposable
{
    private const string Collection = "load";
    private const int RescansMax = 100;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly IStore store;
    private readonly Durability level;
    private readonly CancellationTokenSource ending = new();
    private readonly CommitIdentities identities;
    private readonly ConcurrentDictionary<(int Writer, int Number), Revision> acknowledged = [];
    private readonly List<RecordKey> followed = [];
    private readonly Task[] writing;
    private readonly Task following;
    private readonly long[] lastAnswer;
    private int repeated;
    private int refused;
    private int rescans;
    private long longestWait;

    private FaultLoad(IStore store, int writers, Durability level)
    {
        this.store = store;
        this.level = level;
        identities = new CommitIdentities(store.Info.Limits);
        lastAnswer = new long[writers];
        writing = [.. Enumerable.Range(0, writers).Select(writer => Task.Run(() => WriteAsync(writer)))];
        following = Task.Run(FollowAsync);
    }

    /// <summary>Begins to write and to follow.</summary>
    /// <param name="store">The store; the caller closes it.</param>
    /// <param name="writers">How many write.</param>
    /// <param name="level">The level of their commits.</param>
    public static FaultLoad Begin(IStore store, int writers, Durability level) => new(store, writers, level);

    /// <summary>Waits until so many more commits are acknowledged.</summary>
    public Task MoreAsync(int commits)
    {
        var wanted = acknowledged.Count + commits;
        return UntilAsync(() => acknowledged.Count >= wanted, $"{commits} more commits are acknowledged");
    }

    /// <summary>Waits until each writer has had an answer since a moment.</summary>
    /// <param name="since">The moment, as a timestamp of the system's clock.</param>
    /// <returns>How long after that moment the last of them had one.</returns>
    public async Task<TimeSpan> WorksAgainAsync(long since)
    {
        await UntilAsync(
            () => Enumerable.Range(0, lastAnswer.Length).All(i => Volatile.Read(ref lastAnswer[i]) > since),
            "each writer has an answer");
        return TimeProvider.System.GetElapsedTime(since);
    }

    /// <summary>Lets every writer finish its commit, and the follower read to the end; then looks, through a store that
    /// was opened after all this, for what was acknowledged.</summary>
    /// <param name="fresh">The store to look through.</param>
    /// <param name="mayLose">Whether acknowledged commits may be gone, since their level does not promise more.</param>
    /// <param name="wasTakenOver">Whether another server took the first one's place: that may have shown, while it
    /// died, the last commit of each writer, which its successor has not. So it is told of again, or from the
    /// beginning.</param>
    public async Task<FaultTally> EndAsync(IStore fresh, bool mayLose = false, bool wasTakenOver = false)
    {
        ArgumentNullException.ThrowIfNull(fresh);
        await ending.CancelAsync();
        await Task.WhenAll(writing).WaitAsync(Patience);
        await following.WaitAsync(Patience);
        var found = await KeysAsync(fresh);
        var lost = acknowledged.Keys.Select(Key).Except(found).Order().ToList();
        var strange = found.Except(acknowledged.Keys.Select(Key)).ToList();
        Assert.True(mayLose || lost.Count == 0, $"Acknowledged and lost: {string.Join(", ", lost.Take(10))}.");
        Assert.True(strange.Count == 0, $"There, but never acknowledged: {string.Join(", ", strange.Take(10))}.");
        for (var writer = 0; writer < writing.Length; writer++)
        {
            var counter = (await fresh.ReadAsync(Counter(writer)))[0];
            var mine = found.Count(key => key.Id.StartsWith($"{writer}/", StringComparison.Ordinal));
            Assert.True(
                mine == (counter is null ? 0 : BinaryPrimitives.ReadInt64BigEndian(counter.Value.Span)),
                $"Writer {writer} has {mine} records, and counted otherwise: a commit was applied twice, or by half.");
        }

        if (lost.Count == 0)
        {
            var twice = followed.Count - followed.Distinct().Count();
            Assert.True(wasTakenOver || rescans == 0, "Nothing was lost, and a cursor has expired.");
            Assert.True(
                twice <= (wasTakenOver ? writing.Length : 0), $"The follower was told of {twice} commits twice.");
            Assert.True(found.SetEquals(followed), "The follower has missed a commit.");
        }

        return new FaultTally(
            acknowledged.Count, lost.Count, repeated, refused, rescans,
            TimeProvider.System.GetElapsedTime(0, Volatile.Read(ref longestWait)));
    }

    /// <summary>Ends the load, also where a test has failed in the middle.</summary>
    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        foreach (var running in writing.Append(following))
        {
            // How they ended was looked at, or something else has failed first.
            await running.WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        ending.Dispose();
    }

    private static RecordKey Key((int Writer, int Number) commit) => new(
        Collection, string.Create(CultureInfo.InvariantCulture, $"{commit.Writer}/{commit.Number:d6}"));

    private static RecordKey Counter(int writer) => new("counts", $"{writer}");

    private static async Task<HashSet<RecordKey>> KeysAsync(IStore fresh)
    {
        var request = new ScanRequest { Collection = Collection, Limit = 1_000 };
        var keys = new HashSet<RecordKey>();
        while (true)
        {
            var page = await fresh.ScanAsync(request);
            keys.UnionWith(page.Items.Select(static item => item.Record.Key));
            if (page.Next is null)
            {
                return keys;
            }

            request = request with { After = page.Next };
        }
    }

    private async Task WriteAsync(int writer)
    {
        for (var number = 1; !ending.IsCancellationRequested; number++)
        {
            var identity = identities.Begin();
            var commit = new Commit(
                new PutOperation(Key((writer, number)), "body"u8.ToArray()), new AddOperation(Counter(writer), 1))
            {
                Identity = identity,
                Durability = level,
            };
            var begun = TimeProvider.System.GetTimestamp();
            var result = await RepeatAsync(() => store.CommitAsync(commit));
            identities.End(identity);
            Assert.True(result.IsCommitted, $"A commit without conditions met {string.Join("; ", result.Conflicts)}.");
            _ = acknowledged.TryAdd((writer, number), result.Revision);
            _ = Interlocked.Add(ref repeated, result.IsReplay ? 1 : 0);
            var now = TimeProvider.System.GetTimestamp();
            Volatile.Write(ref lastAnswer[writer], now);
            KeepLongest(now - begun);
        }
    }

    private void KeepLongest(long wait)
    {
        var known = Volatile.Read(ref longestWait);
        while (wait > known && Interlocked.CompareExchange(ref longestWait, wait, known) is var seen && seen != known)
        {
            known = seen;
        }
    }

    private async Task FollowAsync()
    {
        var cursor = FeedCursor.Beginning;
        while (true)
        {
            var isOver = writing.All(static writer => writer.IsCompleted);
            var after = cursor;
            ChangePage page;
            try
            {
                page = await RepeatAsync(() => store.ChangesAsync(
                    new ChangesRequest { After = after, Collections = [Collection], Limit = 1_000 }));
            }
            catch (CursorExpiredException) when (++rescans < RescansMax)
            {
                // What it has seen is not all there any more.
                followed.Clear();
                cursor = FeedCursor.Beginning;
                continue;
            }

            followed.AddRange(page.Changes.Select(static change => change.Key));
            cursor = page.Next;
            if (page.Changes.Count == 0 && !page.HasMore)
            {
                if (isOver)
                {
                    return;
                }

                await WaitAsync(cursor);
            }
        }
    }

    private async Task WaitAsync(FeedCursor cursor)
    {
        try
        {
            await store.WaitAsync(cursor, ending.Token);
        }
        catch (OperationCanceledException)
        {
            // The load ends; what is left is read without waiting.
            await ServerHost.PauseAsync(CancellationToken.None);
        }
        catch (CursorExpiredException)
        {
            // The read that comes next says so too, and is counted.
        }
        catch (StoreException error) when (error.IsTransient)
        {
            await ServerHost.PauseAsync(CancellationToken.None);
        }
    }

    private async Task<T> RepeatAsync<T>(Func<ValueTask<T>> call)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await call();
            }
            catch (StoreException error) when (
                error.IsTransient && TimeProvider.System.GetElapsedTime(begun) < Patience)
            {
                _ = Interlocked.Increment(ref refused);
                await ServerHost.PauseAsync(CancellationToken.None);
            }
        }
    }

    private async Task UntilAsync(Func<bool> isSo, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            // A writer that failed says more than the wait for it.
            foreach (var running in writing.Append(following))
            {
                if (running.IsFaulted)
                {
                    await running;
                }
            }

            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"Did not happen: {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
