using Undercroft.Copies;
using Undercroft.Jobs;

namespace Undercroft.Tests.Jobs;

public sealed class JobCopyTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_copy_leaves_jobs_behind_however_they_are_kept(bool asRecords)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var source = new MemoryStore();
        await using var target = new MemoryStore();
        var jobs = JobStore.For(source, asRecords: asRecords);
        var result = await jobs.CommitAsync(
            new Commit(
                new PutOperation(new RecordKey("things", "cave"), "here"u8.ToArray()),
                new EnqueueOperation(new NewJob { Kind = "work" })),
            cancel);
        Assert.True(result.IsCommitted);

        _ = await new StoreCopy(source, target).RunAsync(cancellationToken: cancel);

        Assert.Empty(await JobStore.For(target, asRecords: asRecords).ListQueuesAsync(cancel));
        var page = await target.ChangesAsync(new ChangesRequest(), cancel);
        Assert.Contains(page.Changes, static change => change.Key.Id == "cave");
        Assert.DoesNotContain(
            page.Changes, static change => change.Key.Collection.StartsWith("$job", StringComparison.Ordinal));
    }
}
