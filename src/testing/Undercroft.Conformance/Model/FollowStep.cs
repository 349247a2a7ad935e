namespace Undercroft.Conformance.Model;

/// <summary>Reads one page of the feed as one of the followers.</summary>
internal sealed record FollowStep(int Follower, int Limit, RecordDetail Detail) : ModelStep
{
    public override async Task RunAsync(ModelRun run)
    {
        var follower = run.Followers[Follower];
        if (follower.Cursor == FeedCursor.Beginning)
        {
            follower.StartOver(run.Model);
        }

        var request = new ChangesRequest { After = follower.Cursor, Limit = Limit, Detail = Detail };
        if (follower.HasExpired(run.Model))
        {
            _ = await Assert.ThrowsAsync<CursorExpiredException>(
                async () => await run.Store.ChangesAsync(request, run.Cancel));
            follower.StartOver(run.Model);
            return;
        }

        var page = await run.Store.ChangesAsync(request, run.Cancel);

        FeedCheck.Page(page, new Revision(follower.SeenThrough));
        var expected = run.Model.Changes(follower.SeenThrough, run.Now);
        Assert.True(
            page.Changes.Count >= Math.Min(Limit, expected.Count),
            $"{page.Changes.Count} changes on a page of about {Limit}, of {expected.Count} there are.");
        Assert.True(page.Changes.Count <= expected.Count, "The feed brings more than there is.");
        for (var i = 0; i < page.Changes.Count; i++)
        {
            ModelRun.AssertSame(expected[i], page.Changes[i], Detail);
        }

        Assert.True(page.HasMore || page.Changes.Count == expected.Count, "The feed says that it ends, and goes on.");
        follower.MoveTo(
            page.Next, page.Changes.Count == expected.Count ? run.Model.Latest.Value : page.Changes[^1].Revision.Value);
    }

    public override string ToString() => $"follow the feed as {Follower} by {Limit} ({Detail})";
}
