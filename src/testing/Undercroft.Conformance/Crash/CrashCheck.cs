using static Undercroft.Conformance.Crash.CrashLayout;

namespace Undercroft.Conformance.Crash;

/// <summary>Looks into a store whose writer was killed, and holds it to what the writer had announced.</summary>
internal sealed class CrashCheck(IStore store, CrashTally tally, bool isByRevision, CancellationToken cancel)
{
    private readonly Dictionary<RecordKey, (Revision Revision, bool IsDeleted)> expected = [];

    /// <summary>Checks everything.</summary>
    /// <param name="ledger">What was announced; null before the first run.</param>
    /// <param name="before">The number of the last commit of each producer, as found the last time.</param>
    /// <param name="cursor">Where the feed ended the last time.</param>
    /// <returns>The numbers found now, and where the feed ends.</returns>
    public async Task<(long[] Numbers, FeedCursor Cursor)> RunAsync(
        CrashLedger? ledger, long[] before, FeedCursor cursor)
    {
        var numbers = new long[Producers];
        for (var producer = 0; producer < Producers; producer++)
        {
            var head = await ReadAsync(Head(producer));
            numbers[producer] = head is null ? 0 : CrashLedger.NumberOf(head.Value.Span);
            Count(ledger, producer, numbers[producer], before[producer]);
            await CheckProducerAsync(producer, numbers[producer], head, ledger);
        }

        await CheckTotalAsync(numbers.Sum());
        await CheckIndexAsync();
        var report = await store.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Verify }, cancel);
        Assert.Empty(report.Problems);
        return (numbers, await CheckFeedAsync(cursor));
    }

    /// <summary>Nothing promised is lost, nothing is there that never began.</summary>
    private void Count(CrashLedger? ledger, int producer, long found, long before)
    {
        var acknowledged = ledger?.Acknowledged(producer).ToList() ?? [];
        var last = Math.Max(ledger?.LastBegun(producer) ?? 0, before);
        var lost = acknowledged.Where(commit => commit.Number > found).ToList();
        tally.Acknowledged += acknowledged.Count;
        tally.Found += acknowledged.Count - lost.Count;
        tally.LostAtMemory += lost.Count(static commit => commit.Level == Durability.Memory);
        tally.Lost += lost.Count(static commit => commit.Level != Durability.Memory);
        var lastDone = acknowledged.Select(static one => one.Number).DefaultIfEmpty(found).Max();
        tally.FoundInFlight += Math.Max(0, found - lastDone);
        var missing = lost.Where(static commit => commit.Level != Durability.Memory).ToList();
        Assert.True(missing.Count == 0, $"Producer {producer} found at {found}; lost {string.Join(", ", missing)}.");
        Assert.True(found >= before, $"Producer {producer} has gone back from {before} to {found}.");
        Assert.True(found <= last, $"Producer {producer} is at {found}; the last commit begun was {last}.");
    }

    /// <summary>Each slot holds the latest commit that wrote it, whole, and nothing of any other.</summary>
    private async Task CheckProducerAsync(int producer, long number, StoreRecord? head, CrashLedger? ledger)
    {
        var revisions = (ledger?.Acknowledged(producer) ?? [])
            .ToDictionary(static one => one.Number, static one => one.Revision);
        for (var slot = 0; slot < Slots; slot++)
        {
            var latest = number - ((((number - slot) % Slots) + Slots) % Slots);
            StoreRecord? first = null;
            for (var part = 0; part < Parts; part++)
            {
                var key = Part(producer, slot, part);
                var found = await ReadAsync(key);
                Assert.True(latest > 0 == found is not null, $"{key} must hold commit {latest} of {number}.");
                if (found is null)
                {
                    continue;
                }

                first ??= found;
                Assert.True(
                    found.Value.Span.SequenceEqual(Value(producer, latest, part)),
                    $"{key} must hold commit {latest} of {number}; it holds {CrashLedger.NumberOf(found.Value.Span)}.");
                Assert.Equal(Entries(producer, latest, part), found.Entries);
                Assert.Equal(first.Revision, found.Revision);
                Assert.Equal(revisions.GetValueOrDefault(latest, found.Revision), found.Revision);
                Assert.True(
                    latest != number || found.Revision == head!.Revision, $"{key} is not of the head's commit.");
            }
        }

        await CheckSinglesAsync(producer, number, head);
    }

    private async Task CheckSinglesAsync(int producer, long number, StoreRecord? head)
    {
        var odd = await ReadAsync(ComesAndGoes(producer));
        Assert.Equal(number == 0, odd is null);
        Assert.Equal(number != 0 && number % DeletesEvery == 0, odd?.IsDeleted ?? false);
        Assert.Equal(head?.Revision, odd?.Revision);
        await CheckCounterAsync(CrashLayout.Count(producer), number);
    }

    private Task CheckTotalAsync(long sum) => CheckCounterAsync(Total, sum);

    private async Task CheckCounterAsync(RecordKey key, long number) =>
        Assert.Equal(number, Sample.Number(await ReadAsync(key)));

    /// <summary>The index leads to every part, under the stamp it holds, and to nothing else.</summary>
    private async Task CheckIndexAsync()
    {
        for (var part = 0; part < Parts; part++)
        {
            var collection = $"part{part}";
            var page = await store.ScanAsync(
                new ScanRequest { Collection = collection, Range = ScanRange.Keys(StampIndex), Limit = 1_000 }, cancel);
            Assert.All(page.Items, static item => Assert.True(
                item.Record.Value.Span.StartsWith(item.EntryKey.Span), $"{item.Record.Key} has a wrong stamp."));
            Assert.Equal(
                expected.Keys.Where(key => key.Collection == collection).Order(),
                page.Items.Select(static item => item.Record.Key).Order());
        }
    }

    /// <summary>The feed brings exactly what reads found; a cursor from before the kill brings all that came since.
    /// </summary>
    private async Task<FeedCursor> CheckFeedAsync(FeedCursor cursor)
    {
        var (all, _) = await FollowAsync(FeedCursor.Beginning);
        Assert.Equal(
            expected.OrderBy(static one => one.Value.Revision).ThenBy(static one => one.Key)
                .Select(static one => (one.Key, one.Value.Revision, one.Value.IsDeleted)),
            (isByRevision ? all.AsEnumerable() : all.OrderBy(static one => one.Revision).ThenBy(static one => one.Key))
                .Select(static change => (change.Key, change.Revision, change.IsDeleted)));

        var (since, end) = await FollowAsync(cursor);
        Assert.Equal(
            all.Skip(all.Count - since.Count).Select(static change => (change.Key, change.Revision)),
            since.Select(static change => (change.Key, change.Revision)));
        Assert.True(
            since.Count == all.Count || cursor != FeedCursor.Beginning, "From the beginning the feed brings all.");
        return end;
    }

    private async Task<(List<StoreRecord> Changes, FeedCursor Next)> FollowAsync(FeedCursor cursor)
    {
        var changes = new List<StoreRecord>();
        while (true)
        {
            var page = await store.ChangesAsync(
                new ChangesRequest { After = cursor, Limit = 1_000, Detail = RecordDetail.Keys }, cancel);
            FeedCheck.Page(page, changes.Count == 0 ? Revision.None : changes[^1].Revision, isByRevision);
            changes.AddRange(page.Changes);
            cursor = page.Next;
            if (!page.HasMore)
            {
                return (changes, cursor);
            }
        }
    }

    private async Task<StoreRecord?> ReadAsync(RecordKey key)
    {
        var options = new ReadOptions { Detail = RecordDetail.Complete, IncludeDeleted = true };
        var found = (await store.ReadAsync(key, options, cancel))[0];
        if (found is not null)
        {
            expected[key] = (found.Revision, found.IsDeleted);
        }

        return found;
    }
}
