using Undercroft.Testing;
using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance;

/// <summary>Many clients of one store at once, some of which give up in the middle, and readers that follow the feed:
/// what a server sees all day.</summary>
/// <remarks>Where the backend declares <see cref="StoreCapabilities.SharedWriters"/>, the clients have stores of their
/// own, opened on the same data; elsewhere they share one.</remarks>
public abstract class ServerLaws : RaceLaws
{
    private const int Writers = 16, Followers = 3, Rounds = 8, HotKeys = 5;

    [Fact]
    public virtual async Task Writers_that_give_up_at_random_and_followers_agree_on_what_happened()
    {
        var seed = TestSeed.Take();
        var stores = await OpenClientsAsync();
        var identities = new CommitIdentities(Store.Info.Limits, Clock);
        var writing = RaceAsync(Writers, writer => WriteAtRandomAsync(
            stores[writer % stores.Count], identities, writer, seed.ToRandom(writer)));
        var following = Enumerable.Range(0, Followers).Select(follower => Task.Run(
            () => FollowToTheEndAsync(stores[^(1 + (follower % stores.Count))], writing, seed.ToRandom(-follower)),
            Cancel)).ToArray();
        var written = (await writing).SelectMany(static mine => mine).ToHashSet();
        var seen = await Task.WhenAll(following);

        var (all, _) = await FollowAsync(new ChangesRequest { Limit = 1_000 });
        var expected = all
            .Select(static change => (change.Key, change.Revision, change.IsDeleted))
            .OrderBy(static change => change.Revision).ThenBy(static change => change.Key).ToList();
        var told = $"{seed}";
        Assert.True(written.Count == Number(await ReadAsync("total")), $"A commit was lost, or came twice. {told}");
        Assert.True(
            written.SetEquals(expected.Select(static change => change.Key.Id).Where(IsOwn)),
            $"The feed does not hold what was acknowledged. {told}");
        foreach (var follower in seen)
        {
            var latest = follower
                .GroupBy(static change => change.Key)
                .Select(static changes => changes.Last())
                .OrderBy(static change => change.Revision).ThenBy(static change => change.Key)
                .Select(static change => (change.Key, change.Revision, change.IsDeleted));
            Assert.True(expected.SequenceEqual(latest), $"A follower has missed a change. {told}");
            Assert.True(
                follower.Select(static change => (change.Key, change.Revision)).Distinct().Count() == follower.Count,
                $"A follower was told of a change twice. {told}");
            Assert.All(
                follower.GroupBy(static change => change.Key),
                changes => Assert.True(
                    changes.Select(static change => change.Revision).SequenceEqual(
                        changes.Select(static change => change.Revision).Order()),
                    $"{changes.Key} went back in time. {told}"));
        }
    }

    private static bool IsOwn(string id) => id.StartsWith("own", StringComparison.Ordinal);

    private async Task<IReadOnlyList<IStore>> OpenClientsAsync()
    {
        const int Clients = 4;
        var stores = new List<IStore> { Store };
        while (ExpectedCapabilities.HasFlag(StoreCapabilities.SharedWriters) && stores.Count < Clients)
        {
            stores.Add(Own(await ReopenAsync(Clock)));
        }

        return stores;
    }

    /// <summary>Writes round after round; gives up on some commits and sends those again, and has some refused.
    /// </summary>
    /// <returns>The ids of the records that only one acknowledged commit has written.</returns>
    private static async Task<List<string>> WriteAtRandomAsync(
        IStore store, CommitIdentities identities, int writer, Random random)
    {
        var written = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            var own = $"own{writer}/{round}";
            var isRefused = random.Next(4) == 0;
            var hot = $"hot{random.Next(HotKeys)}";
            var identity = identities.Begin();
            var commit = new Commit(
                Put(own),
                random.Next(5) == 0 ? Delete(hot) : Put(hot, own),
                Add("total", 1),
                Check("never", isRefused ? WriteCondition.Present : WriteCondition.Any))
            {
                Identity = identity,
            };

            if (random.Next(3) == 0)
            {
                await GiveUpAsync(store, commit, yields: random.Next(40));
            }

            var result = await store.CommitAsync(commit, Cancel);
            identities.End(identity);
            Assert.True(result.IsCommitted != isRefused, "A commit is refused by its condition, and by nothing else.");
            if (result.IsCommitted)
            {
                written.Add(own);
            }
        }

        return written;
    }

    // It may have happened, or not: sending it again with its identity tells.
    private static async Task GiveUpAsync(IStore store, Commit commit, int yields)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        try
        {
            var committing = store.CommitAsync(commit, stop.Token).AsTask();
            for (var i = 0; i < yields && !committing.IsCompleted; i++)
            {
                await Task.Yield();
            }

            await stop.CancelAsync();
            _ = await committing;
        }
        catch (OperationCanceledException) when (!Cancel.IsCancellationRequested)
        {
            // As asked.
        }
    }

    private async Task<List<StoreRecord>> FollowToTheEndAsync(IStore store, Task writing, Random random)
    {
        var changes = new List<StoreRecord>();
        var cursor = FeedCursor.Beginning;
        while (true)
        {
            // Looked at before the page: what was written until then must be on it or on those after it.
            var isOver = writing.IsCompleted;
            var page = await store.ChangesAsync(
                new ChangesRequest { After = cursor, Limit = random.Next(1, 40) }, Cancel);
            FeedCheck.Page(page, changes.Count == 0 ? Revision.None : changes[^1].Revision, OrdersFeedByRevision);
            changes.AddRange(page.Changes);
            cursor = page.Next;
            if (page.Changes.Count == 0)
            {
                if (isOver && !page.HasMore && page.HeldBack is null)
                {
                    return changes;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Cancel);
            }
        }
    }
}
