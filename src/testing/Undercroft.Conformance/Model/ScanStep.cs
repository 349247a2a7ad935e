namespace Undercroft.Conformance.Model;

/// <summary>Scans a range to its end, page by page.</summary>
internal sealed record ScanStep(string Collection, ScanRange Range, bool IsReverse, int Limit, RecordDetail Detail)
    : ModelStep
{
    public override async Task RunAsync(ModelRun run)
    {
        var expected = Expected(run);
        var request = new ScanRequest
        {
            Collection = Collection,
            Range = Range,
            IsReverse = IsReverse,
            Limit = Limit,
            Detail = Detail,
        };

        var items = new List<ScanItem>();
        ScanPage page;
        do
        {
            page = await run.Store.ScanAsync(request, run.Cancel);
            Assert.True(page.Items.Count <= Limit, $"{page.Items.Count} items on a page of {Limit}.");
            Assert.True(items.Count <= expected.Count, "The scan brings more than there is.");
            items.AddRange(page.Items);
            request = request with { After = page.Next };
        }
        while (page.Next is not null);

        Assert.Equal(
            expected.Select(static item => $"{item.Record.Key.Id} {Convert.ToHexString(item.EntryKey.Span)}"),
            items.Select(static item => $"{item.Record.Key.Id} {Convert.ToHexString(item.EntryKey.Span)}"));
        foreach (var (one, other) in expected.Zip(items))
        {
            ModelRun.AssertSame(one.Record, other.Record, Detail);
        }
    }

    public override string ToString()
    {
        var range = Range.Index is { } index ? $"{index} from 0x{Convert.ToHexString(Range.FromKey.Span)} before " +
                (Range.BeforeKey is { } before ? $"0x{Convert.ToHexString(before.Span)}" : "the end")
            : Range.IdPrefix is { } prefix ? $"prefix '{prefix}'"
            : $"ids from '{Range.FromId}' before '{Range.BeforeId}'";
        return $"scan {Collection} {range}{(IsReverse ? " back" : "")} by {Limit} ({Detail})";
    }

    private List<ScanItem> Expected(ModelRun run)
    {
        var live = run.Model.Records.Where(record =>
            record.Key.Collection == Collection && ModelStore.IsLive(record, run.Now));
        var items = Range.Index is null
            ? live.Where(record => Holds(record.Key.Id)).Select(static record => new ScanItem(record, default))
            : live.SelectMany(record => Keys(record).Select(key => new ScanItem(record, Convert.FromHexString(key))));
        var ordered = items
            .OrderBy(static item => Convert.ToHexString(item.EntryKey.Span), StringComparer.Ordinal)
            .ThenBy(static item => item.Record.Key.Id, Comparer<string>.Create(ModelStore.CompareIds))
            .ToList();
        if (IsReverse)
        {
            ordered.Reverse();
        }

        return ordered;
    }

    private bool Holds(string id) =>
        (Range.IdPrefix is null || id.StartsWith(Range.IdPrefix, StringComparison.Ordinal)) &&
        (Range.FromId is null || ModelStore.CompareIds(id, Range.FromId) >= 0) &&
        (Range.BeforeId is null || ModelStore.CompareIds(id, Range.BeforeId) < 0);

    private IEnumerable<string> Keys(StoreRecord record) => record.Entries
        .Where(entry => entry.Index == Range.Index)
        .Where(entry => entry.Key.Span.SequenceCompareTo(Range.FromKey.Span) >= 0)
        .Where(entry => Range.BeforeKey is not { } before || entry.Key.Span.SequenceCompareTo(before.Span) < 0)
        .Select(static entry => Convert.ToHexString(entry.Key.Span))
        .Distinct();
}
