namespace Undercroft.Conformance.Model;

/// <summary>Repeats one of the latest commits that had an identity.</summary>
internal sealed record RepeatStep(int Back) : ModelStep
{
    public override async Task RunAsync(ModelRun run)
    {
        var latest = Math.Min(run.Store.Info.Limits.ReplaysKept / 2, run.Repeatable.Count);
        if (latest == 0)
        {
            return;
        }

        var (commit, first) = run.Repeatable[^(1 + (Back % latest))];
        var again = await run.Store.CommitAsync(commit, run.Cancel);

        Assert.True(again.IsReplay, "A repeated commit must be told as one.");
        Assert.Equal(first.Revision, again.Revision);
        Assert.Equal(first.Counters, again.Counters);
    }

    public override string ToString() => $"repeat the latest repeatable commit but {Back}";
}
