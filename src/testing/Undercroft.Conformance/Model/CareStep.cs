namespace Undercroft.Conformance.Model;

/// <summary>The kinds of <see cref="CareStep"/>.</summary>
internal enum Care
{
    Expire,
    Compact,
    Verify,
    Measure,
    Restart,
}

/// <summary>Looks after the store, or opens it again.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Back">For a compaction: how many revisions behind the latest it stops.</param>
internal sealed record CareStep(Care Kind, int Back = 0) : ModelStep
{
    public override Task RunAsync(ModelRun run) => Kind switch
    {
        Care.Expire => ExpireAsync(run),
        Care.Compact => CompactAsync(run),
        Care.Verify => VerifyAsync(run),
        Care.Measure => MeasureAsync(run),
        _ => run.RestartAsync(),
    };

    public override string ToString() =>
        Kind == Care.Compact ? $"compact, {Back} revisions back" : $"{Kind}".ToLowerInvariant();

    private static async Task ExpireAsync(ModelRun run)
    {
        var before = run.Model.Latest;
        var swept = run.Model.Sweep(run.Now);

        var report = await run.Store.MaintainAsync(
            new MaintenanceRequest { Kind = MaintenanceKind.Expire }, run.Cancel);

        Assert.Equal(swept.Count, report.Changed);
        var found = await run.Store.ReadAsync(
            swept.ToArray(), new ReadOptions { IncludeDeleted = true, Detail = RecordDetail.Keys }, run.Cancel);
        var tombstones = swept.Select((key, i) => (Key: key, Found: found[i])).ToList();
        Assert.All(tombstones, one => Assert.True(
            one.Found is { IsDeleted: true } && one.Found.Revision.CompareTo(before) > 0, $"{one.Key} was not swept."));
        run.Model.Number(tombstones.Select(static one => one.Found!));
    }

    private async Task CompactAsync(ModelRun run)
    {
        var through = new Revision(Math.Max(0, run.Model.Latest.Value - Back));
        var request = new MaintenanceRequest { Kind = MaintenanceKind.Compact, Through = through };

        var report = await run.Store.MaintainAsync(request, run.Cancel);

        Assert.Equal(run.Model.Compact(through), report.Changed);
    }

    private static async Task VerifyAsync(ModelRun run)
    {
        var report = await run.Store.MaintainAsync(
            new MaintenanceRequest { Kind = MaintenanceKind.Verify }, run.Cancel);

        Assert.Empty(report.Problems);
    }

    private static async Task MeasureAsync(ModelRun run)
    {
        var report = await run.Store.MaintainAsync(
            new MaintenanceRequest { Kind = MaintenanceKind.Measure }, run.Cancel);

        var live = run.Model.Records.Where(record => record.IsDeleted || ModelStore.IsLive(record, run.Now));
        Assert.Equal(
            live.GroupBy(static record => record.Key.Collection)
                .Select(static group => new CollectionSize(
                    group.Key,
                    group.Count(static record => !record.IsDeleted),
                    group.Sum(static record => record.Value.Length),
                    group.Count(static record => record.IsDeleted)))
                .OrderBy(static size => size.Collection, StringComparer.Ordinal),
            report.Collections);
    }
}
