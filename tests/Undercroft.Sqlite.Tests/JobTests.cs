using Undercroft.Jobs;

namespace Undercroft.Sqlite.Tests;

/// <summary>What is special about jobs in SQLite: older files, several stores on one file, plans.</summary>
public sealed class JobTests : StoreTests
{
    [Fact]
    public async Task A_file_of_version_1_gets_the_tables_of_jobs_when_it_is_opened()
    {
        await (await OpenAsync()).DisposeAsync();
        foreach (var table in new[] { "jobs", "job_history", "job_cells", "job_counts" })
        {
            _ = Raw($"DROP TABLE {table}");
        }

        _ = Raw("PRAGMA user_version = 1");
        var reader = await OpenAsync(static options => options.ReadOnly = true);
        Assert.False(reader.Info.Capabilities.HasFlag(StoreCapabilities.Jobs));
        Assert.Empty(await JobStore.For(reader).ListQueuesAsync(Cancel));
        await reader.DisposeAsync();

        var jobs = JobStore.For(await OpenAsync());
        var job = await EnqueueAsync(jobs);
        Assert.Equal(JobState.Ready, (await jobs.FindJobAsync(job, Cancel))!.State);
        Assert.Equal(2, Raw("PRAGMA user_version"));
    }

    [Fact]
    public async Task A_store_open_for_reading_shows_jobs_and_takes_none()
    {
        var writer = JobStore.For(await OpenAsync());
        var job = await EnqueueAsync(writer);
        var reader = await OpenAsync(static options => options.ReadOnly = true);
        var jobs = JobStore.For(reader);

        Assert.True(jobs.IsNative);
        Assert.Equal(JobState.Ready, (await jobs.FindJobAsync(job, Cancel))!.State);
        Assert.Equal(1, Assert.Single(await jobs.ListQueuesAsync(Cancel))[JobState.Ready]);
        _ = Assert.Single((await jobs.ListJobsAsync(new JobFilter { State = JobState.Ready }, Cancel)).Jobs);
        var error = await Assert.ThrowsAsync<StoreException>(async () => await jobs.HeartbeatAsync(
            SessionId.New(), new SessionUpdate { Kind = SessionUpdateKind.Open }, Cancel));
        Assert.Equal(StoreErrorKind.ReadOnly, error.Kind);
        error = await Assert.ThrowsAsync<StoreException>(async () => await jobs.CommitAsync(
            new Commit(new EnqueueOperation(new NewJob { Kind = "work" })), Cancel));
        Assert.Equal(StoreErrorKind.ReadOnly, error.Kind);
    }

    [Fact]
    public async Task A_commit_repeated_after_a_restart_tells_the_same_outcomes()
    {
        var commit = new Commit(
            new EnqueueOperation(new NewJob { Kind = "work" }),
            new EnqueueOperation(new NewJob { Kind = "work", Delay = TimeSpan.FromHours(1) }))
        {
            Identity = new CommitIdentity(Guid.CreateVersion7(), 1),
        };
        var store = await OpenAsync();
        var done = await JobStore.For(store).CommitAsync(commit, Cancel);
        await store.DisposeAsync();

        var again = await JobStore.For(await OpenAsync()).CommitAsync(commit, Cancel);

        Assert.True(again.IsReplay);
        Assert.Equal([JobState.Ready, JobState.Scheduled], done.Jobs.Select(static one => one.State));
        Assert.Equal(done.Jobs, again.Jobs);
    }

    [Fact]
    public async Task Jobs_are_there_after_a_restart_and_the_order_goes_on()
    {
        var store = await OpenAsync();
        var first = await EnqueueAsync(JobStore.For(store));
        await store.DisposeAsync();
        var jobs = JobStore.For(await OpenAsync());
        var second = await EnqueueAsync(jobs);

        var page = await jobs.ListJobsAsync(new JobFilter { State = JobState.Ready }, Cancel);
        Assert.Equal([first, second], page.Jobs.Select(static job => job.Id));
    }

    [Fact]
    public async Task A_store_with_jobs_verifies_and_its_feed_goes_past_them()
    {
        var store = await OpenAsync();
        _ = await WriteAsync(store, Put("a"));
        var job = await EnqueueAsync(JobStore.For(store));
        _ = await WriteAsync(store, Put("b"));

        var report = await store.MaintainAsync(
            new MaintenanceRequest { Kind = MaintenanceKind.Verify }, Cancel);
        var page = await store.ChangesAsync(new ChangesRequest(), Cancel);
        Assert.Empty(report.Problems);
        Assert.Equal(["a", "b"], page.Changes.Select(static change => change.Key.Id));
        Assert.NotNull(await JobStore.For(store).FindJobAsync(job, Cancel));
    }

    [Fact]
    public async Task Work_of_another_store_on_the_same_file_wakes_who_waits()
    {
        var ours = JobStore.For(await OpenAsync());
        var theirs = JobStore.For(await OpenAsync());
        var waiting = ours.WaitForWorkAsync(ours.WorkMark, Cancel).AsTask();
        var job = await EnqueueAsync(theirs);
        await waiting.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Cancel);

        var session = SessionId.New();
        _ = await ours.HeartbeatAsync(session, new SessionUpdate { Kind = SessionUpdateKind.Open }, Cancel);
        Assert.Equal(job, Assert.Single((await ClaimAsync(ours, session)).Jobs).Id);
        var other = SessionId.New();
        _ = await theirs.HeartbeatAsync(other, new SessionUpdate { Kind = SessionUpdateKind.Open }, Cancel);
        Assert.Empty((await ClaimAsync(theirs, other)).Jobs);
    }

    private static ValueTask<ClaimResult> ClaimAsync(JobStore jobs, SessionId session) => jobs.ClaimAsync(
        session, new ClaimRequest { Queues = [NewJob.DefaultQueue], Kinds = ["work"] }, Cancel);

    private static async Task<JobId> EnqueueAsync(JobStore jobs)
    {
        var job = new NewJob { Kind = "work" };
        Assert.True((await jobs.CommitAsync(new Commit(new EnqueueOperation(job)), Cancel)).IsCommitted);
        return job.Id;
    }
}
