using static Undercroft.Conformance.Crash.CrashLayout;

namespace Undercroft.Conformance.Crash;

/// <summary>Looks into a store whose writer was killed, and holds it to what the writer had announced.</summary>
internal sealed class CrashCheck(IStore store, CrashTally tally, bool isByRevision, CancellationToken cancel)
{
    private static readonly RecordKey[] Keys =
    [
        Total,
        .. Enumerable.Range(0, Producers).SelectMany(static producer =>
            Enumerable.Range(0, Slots)
                .SelectMany(slot => Enumerable.Range(0, Parts).Select(part => Part(producer, slot, part)))
                .Concat([Head(producer), CrashLayout.Count(producer), ComesAndGoes(producer)])),
    ];

    private readonly Dictionary<RecordKey, StoreRecord> held = [];

    /// <summary>Checks everything.</summary>
    /// <param name="ledger">What was announced; null before the first run.</param>
    /// <param name="before">The number of the last commit of each producer, as found the last time.</param>
    /// <param name="cursor">Where the feed ended the last time.</param>
    /// <returns>The numbers found now, and where the feed ends.</returns>
    public async Task<(long[] Numbers, FeedCursor Cursor)> RunAsync(
        CrashLedger? ledger, long[] before, FeedCursor cursor)
    {
        await ReadAsync();
        var numbers = new long[Producers];
        for (var producer = 0; producer < Producers; producer++)
        {
            var head = held.GetValueOrDefault(Head(producer));
            numbers[producer] = head is null ? 0 : CrashLedger.NumberOf(head.Value.Span);
            Count(ledger, producer, numbers[producer], before[producer]);
            CheckProducer(producer, numbers[producer], head, ledger);
        }

        CheckCounter(Total, numbers.Sum());
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
    private void CheckProducer(int producer, long number, StoreRecord? head, CrashLedger? ledger)
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
                var found = held.GetValueOrDefault(key);
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

        CheckSingles(producer, number, head);
    }

    private void CheckSingles(int producer, long number, StoreRecord? head)
    {
        var odd = held.GetValueOrDefault(ComesAndGoes(producer));
        Assert.Equal(number == 0, odd is null);
        Assert.Equal(number != 0 && number % DeletesEvery == 0, odd?.IsDeleted ?? false);
        Assert.Equal(head?.Revision, odd?.Revision);
        CheckCounter(CrashLayout.Count(producer), number);
    }

    private void CheckCounter(RecordKey key, long number) =>
        Assert.Equal(number, Sample.Number(held.GetValueOrDefault(key)));

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
                held.Keys.Where(key => key.Collection == collection).Order(),
                page.Items.Select(static item => item.Record.Key).Order());
        }
    }

    /// <summary>The feed brings exactly what reads found; a cursor from before the kill brings all that came since.
    /// </summary>
    private async Task<FeedCursor> CheckFeedAsync(FeedCursor cursor)
    {
        var (all, _) = await FollowAsync(FeedCursor.Beginning);
        Assert.Equal(
            held.OrderBy(static one => one.Value.Revision).ThenBy(static one => one.Key)
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
            if (!page.HasMore && page.HeldBack is null)
            {
                return (changes, cursor);
            }
        }
    }

    /// <summary>Reads all there can be, in few round trips.</summary>
    private async Task ReadAsync()
    {
        var options = new ReadOptions { Detail = RecordDetail.Complete, IncludeDeleted = true };
        foreach (var keys in Keys.Chunk(Math.Min(store.Info.Limits.KeysPerReadMax, Keys.Length)))
        {
            var found = await store.ReadAsync(keys, options, cancel);
            for (var i = 0; i < keys.Length; i++)
            {
                if (found[i] is { } record)
                {
                    held[keys[i]] = record;
                }
            }
        }
    }
}
