using System.Globalization;
using Undercroft.Jobs;
using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance;

/// <summary>A store does what it declares and declares what it does: capabilities and durability, in both directions.
/// </summary>
public abstract class CapabilityLaws : LimitLaws
{
    [Fact]
    public virtual void The_store_declares_what_its_binding_expects()
    {
        Assert.Equal(ExpectedCapabilities, Store.Info.Capabilities);
        Assert.Equal(ExpectedDurability, Store.Info.DurabilityLevels);
        Assert.NotEmpty(Store.Info.Backend);
        Assert.NotEqual(Guid.Empty, Store.Info.Epoch);
    }

    [Fact]
    public virtual void Durability_levels_come_weakest_first_and_hold_the_default()
    {
        var levels = Store.Info.DurabilityLevels;

        Assert.NotEmpty(levels);
        Assert.Equal(levels.Distinct().Order(), levels);
        Assert.Contains(Store.Info.DefaultDurability, levels);
        Assert.True(
            levels[^1] == Durability.Memory || ExpectedCapabilities.HasFlag(StoreCapabilities.Persistent),
            "Only what is persistent can outlive the process: a level above Memory promises that.");
    }

    [Theory]
    [InlineData(Durability.Memory)]
    [InlineData(Durability.Os)]
    [InlineData(Durability.Disk)]
    public virtual async Task A_durability_level_is_kept_or_refused(Durability level)
    {
        var commit = new Commit(Put("a")) { Durability = level };
        if (!ExpectedDurability.Contains(level))
        {
            var error = await Assert.ThrowsAsync<CapabilityException>(() => WriteAsync(commit));
            Assert.Equal(StoreErrorKind.Unsupported, error.Kind);
            Assert.Null(await ReadAsync("a"));
            return;
        }

        _ = await WriteAsync(commit);
        if (ExpectedCapabilities.HasFlag(StoreCapabilities.Persistent))
        {
            await RestartAsync();
        }

        Assert.NotNull(await ReadAsync("a"));
    }

    [Fact]
    public virtual async Task Jobs_are_kept_with_the_commit_or_refused()
    {
        var job = new NewJob { Kind = "law" };
        var commit = new Commit(Put("a"), new EnqueueOperation(job));
        if (!ExpectedCapabilities.HasFlag(StoreCapabilities.Jobs))
        {
            Assert.Null(Store.Feature<IJobStore>());
            _ = await Assert.ThrowsAsync<CapabilityException>(() => WriteAsync(commit));
            Assert.Null(await ReadAsync("a"));
            return;
        }

        _ = await WriteAsync(commit);

        var jobs = Assert.IsAssignableFrom<IJobStore>(Store.Feature<IJobStore>());
        Assert.Equal(JobState.Ready, (await jobs.FindJobAsync(job.Id, Cancel))?.State);
    }

    [Fact]
    public virtual async Task What_was_committed_is_there_again_only_where_the_store_is_persistent()
    {
        var revision = await WriteAsync(new Commit(
            new PutOperation(Key("a"), Bytes("body"))
            {
                Meta = Meta(("tag", "dark")),
                Entries = [Entry("age", 1), Unique("ada")],
                ExpiresAt = Clock.GetUtcNow().AddDays(1),
            },
            Put("gone"))
        {
            Origin = "me",
        });
        _ = await WriteAsync(Delete("gone"));
        var before = await ReadAsync("a", new ReadOptions { Detail = RecordDetail.Complete });

        await RestartAsync();

        var after = await ReadAsync("a", new ReadOptions { Detail = RecordDetail.Complete });
        if (!ExpectedCapabilities.HasFlag(StoreCapabilities.Persistent))
        {
            Assert.True(after is null, "The store keeps what was committed: it must declare Persistent.");
            return;
        }

        Assert.True(after is not null, "The store declares Persistent, and what was committed is gone.");
        Assert.Equal((revision, "body", "me"), (after.Revision, Text(after), after.Origin));
        Assert.Equal(
            (before!.CreatedAt, before.UpdatedAt, before.ExpiresAt),
            (after.CreatedAt, after.UpdatedAt, after.ExpiresAt));
        Assert.Equal(before.Meta, after.Meta);
        Assert.Equal(before.Entries, after.Entries);
        Assert.True((await ReadLiveAsync("gone", new ReadOptions { IncludeDeleted = true })).IsDeleted);
    }

    [Fact]
    public virtual async Task The_epoch_is_kept_with_the_data()
    {
        Requires(StoreCapabilities.Persistent);
        var epoch = Store.Info.Epoch;
        _ = await WriteAsync(Put("a"));

        await RestartAsync();

        Assert.Equal(epoch, Store.Info.Epoch);
    }

    [Fact]
    public virtual async Task A_second_writer_shares_the_store_or_is_refused_and_told_who_holds_it()
    {
        Requires(StoreCapabilities.Persistent);
        _ = await WriteAsync(Put("a", "first"));
        if (!ExpectedCapabilities.HasFlag(StoreCapabilities.SharedWriters))
        {
            var error = await Assert.ThrowsAsync<StoreException>(async () => Own(await ReopenAsync(Clock)));
            Assert.Equal(StoreErrorKind.InUse, error.Kind);
            Assert.Contains(
                Environment.ProcessId.ToString(CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
            _ = await WriteAsync(Put("a", "still writable"));
            return;
        }

        var second = Own(await ReopenAsync(Clock));
        Assert.Equal("first", Text((await second.ReadAsync(Key("a"), cancellationToken: Cancel))[0]));
        Assert.Equal(Store.Info.Epoch, second.Info.Epoch);
        var revisions = await RaceAsync(2, async writer =>
        {
            var mine = new List<Revision>();
            for (var round = 0; round < 20; round++)
            {
                var commit = new Commit(Add("count", 1), Put($"{writer}/{round}"));
                mine.Add((await (writer == 0 ? Store : second).CommitAsync(commit, Cancel)).Revision);
            }

            return mine;
        });

        Assert.Equal(40, revisions.SelectMany(static mine => mine).Distinct().Count());
        Assert.Equal(40, Number(await ReadAsync("count")));
        Assert.Equal(41 + 1, (await second.ScanAsync(Scan(), Cancel)).Items.Count);
    }

    [Fact]
    public virtual async Task A_second_writer_sees_and_wakes_the_first()
    {
        Requires(StoreCapabilities.SharedWriters);
        var second = Own(await ReopenAsync(Clock));
        _ = await WriteAsync(Put("a"));
        var (_, cursor) = await FollowAsync();
        var waiting = Task.Run(
            async () =>
            {
                while ((await FollowAsync(cursor)).Changes.Count == 0)
                {
                    await Store.WaitAsync(cursor, Cancel);
                }
            },
            Cancel);

        _ = await second.CommitAsync(new Commit(Put("a", "from the second")), Cancel);

        Assert.Equal("from the second", Text(await ReadAsync("a")));
        await MustEndAsync(waiting, "a commit of another writer ends the wait");
    }

    [Fact]
    public virtual async Task A_backup_is_the_store_as_of_one_instant_or_is_refused()
    {
        if (!ExpectedCapabilities.HasFlag(StoreCapabilities.Backup))
        {
            var error = await Assert.ThrowsAsync<CapabilityException>(
                () => MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Backup, Target = "nowhere" }));
            Assert.Equal(StoreErrorKind.Unsupported, error.Kind);
            return;
        }

        _ = await WriteAsync(Put("a", "kept"), Put("b"), PutWith("c", Unique("ada")), Add("count", 3));
        _ = await WriteAsync(Delete("b"));
        var target = NewBackupTarget();
        _ = await MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Backup, Target = target });
        _ = await WriteAsync(Put("a", "later"), Put("d"));

        var backup = Own(await OpenBackupAsync(target, Clock));
        var found = await backup.ReadAsync(
            new[] { Key("a"), Key("b"), Key("d"), Key("count") }, new ReadOptions { IncludeDeleted = true }, Cancel);
        Assert.Equal(("kept", true, 3L), (Text(found[0]), found[1]!.IsDeleted, Number(found[3])));
        Assert.Null(found[2]);
        Assert.Equal("later", Text(await ReadAsync("a")));
        Assert.False((await backup.CommitAsync(new Commit(PutWith("z", Unique("ada"))), Cancel)).IsCommitted);
        var verified = await backup.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Verify }, Cancel);
        Assert.Empty(verified.Problems);
    }

    [Fact]
    public virtual async Task A_backup_does_not_replace_what_is_already_there()
    {
        Requires(StoreCapabilities.Backup);
        _ = await WriteAsync(Put("a"));
        var request = new MaintenanceRequest { Kind = MaintenanceKind.Backup, Target = NewBackupTarget() };
        _ = await MaintainAsync(request);
        _ = await WriteAsync(Put("b"));

        var error = await Record.ExceptionAsync(() => MaintainAsync(request));

        Assert.True(
            error is ArgumentException or StoreException, $"The second backup must be refused; it gave {error}.");
        var backup = Own(await OpenBackupAsync(request.Target!, Clock));
        _ = Assert.Single((await backup.ScanAsync(Scan(), Cancel)).Items);
    }

    [Fact]
    public virtual async Task A_store_opened_for_reading_refuses_to_write_and_any_other_does_not()
    {
        Assert.False(Store.Info.Capabilities.HasFlag(StoreCapabilities.ReadOnly));
        _ = await WriteAsync(Put("a", "kept"), PutUntil("b", Clock.GetUtcNow().AddTicks(1)));
        Assert.SkipUnless(CanOpenReadOnly, "The backend cannot open a store for reading only.");

        await Store.DisposeAsync();
        var reader = Own(await OpenReadOnlyAsync(Clock));

        Assert.True(reader.Info.Capabilities.HasFlag(StoreCapabilities.ReadOnly));
        Assert.Equal("kept", Text((await reader.ReadAsync(Key("a"), cancellationToken: Cancel))[0]));
        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await reader.CommitAsync(new Commit(Put("a", "new")), Cancel));
        Assert.Equal(StoreErrorKind.ReadOnly, error.Kind);
        Clock.Advance(TimeSpan.FromTicks(1));
        foreach (var kind in new[] { MaintenanceKind.Expire, MaintenanceKind.Compact })
        {
            error = await Assert.ThrowsAsync<StoreException>(
                async () => await reader.MaintainAsync(new MaintenanceRequest { Kind = kind }, Cancel));
            Assert.Equal(StoreErrorKind.ReadOnly, error.Kind);
        }

        Assert.Equal("kept", Text((await reader.ReadAsync(Key("a"), cancellationToken: Cancel))[0]));
    }

    [Fact]
    public virtual async Task A_store_opened_for_reading_shows_jobs_and_takes_none()
    {
        Assert.SkipUnless(CanOpenReadOnly, "The backend cannot open a store for reading only.");
        var jobs = JobStore.For(Store, Clock);
        NewJob[] all =
        [
            new() { Kind = "law", Batch = "some", Priority = -1 }, new() { Kind = "law", Batch = "some" },
            new() { Kind = "law", Delay = TimeSpan.FromDays(1) },
        ];
        _ = await jobs.CommitAsync(new Commit(all.Select(static job => new EnqueueOperation(job)).ToArray()), Cancel);
        var session = SessionId.New();
        var open = new SessionUpdate { Kind = SessionUpdateKind.Open };
        _ = await jobs.HeartbeatAsync(session, open, Cancel);
        var claim = new ClaimRequest { Queues = [NewJob.DefaultQueue], Kinds = ["law"], Max = 1 };
        var run = Assert.Single((await jobs.ClaimAsync(session, claim, Cancel)).Jobs);
        _ = await jobs.CommitAsync(new Commit(new SettleOperation(run.Lease, Settlement.Succeeded)), Cancel);
        var shown = await ShowAsync(jobs);
        Assert.Equal(
            [JobState.Succeeded, JobState.Ready, JobState.Scheduled],
            await Task.WhenAll(all.Select(async job => (await jobs.FindJobAsync(job.Id, Cancel))!.State)));

        await Store.DisposeAsync();
        var reader = Own(await OpenReadOnlyAsync(Clock));
        var reading = JobStore.For(reader, Clock);

        Assert.Equal(jobs.IsNative, reading.IsNative);
        Assert.Equal(ExpectedCapabilities | StoreCapabilities.ReadOnly, reader.Info.Capabilities);
        Assert.Equal(shown, await ShowAsync(reading));
        foreach (var refused in new Func<Task>[]
        {
            async () => await reading.ClaimAsync(session, claim, Cancel),
            async () => await reading.HeartbeatAsync(session, new SessionUpdate(), Cancel),
            async () => await reading.HeartbeatAsync(SessionId.New(), open, Cancel),
            async () => await reading.MaintainJobsAsync(new JobMaintenance(), Cancel),
            async () => await reading.CommitAsync(new Commit(JobControlOperation.Cancel(all[1].Id)), Cancel),
            async () => await reading.CommitAsync(new Commit(new EnqueueOperation(new() { Kind = "law" })), Cancel),
        })
        {
            var error = await Assert.ThrowsAsync<StoreException>(refused);
            Assert.Equal(StoreErrorKind.ReadOnly, error.Kind);
        }

        Assert.Equal(shown, await ShowAsync(reading));
    }

    // All that can be asked about jobs, as one text.
    private static async Task<string> ShowAsync(JobStore jobs)
    {
        var lines = new List<string>();
        foreach (var state in Enum.GetValues<JobState>())
        {
            var page = await jobs.ListJobsAsync(new JobFilter { State = state }, Cancel);
            lines.AddRange(page.Jobs.Select(static job => $"{job.Id} {job.State} {job.DueAt:O} {job.FinishedAt:O}"));
        }

        lines.AddRange((await jobs.ListQueuesAsync(Cancel))
            .Select(static one => $"{one.Queue} {one.IsPaused} {string.Join(' ', one.Counts)}"));
        lines.AddRange((await jobs.ListSessionsAsync(Cancel)).Select(static one => one.ToString()));
        lines.Add($"{await jobs.FindBatchAsync("some", Cancel)}");
        return string.Join('\n', lines);
    }
}
