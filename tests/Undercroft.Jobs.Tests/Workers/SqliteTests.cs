namespace Undercroft.Jobs.Tests;

/// <summary>Workers on one SQLite file, each with a storage of its own, as processes have.</summary>
public sealed class SqliteTests : IDisposable
{
    private const int Jobs = 60;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("undercroft-jobs-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Two_storages_share_the_work_and_each_job_has_one_effect()
    {
        await using var first = await OpenAsync();
        await using var second = await OpenAsync();
        _ = await first.Queue(Kinds.Mail).EnqueueManyAsync(
            Enumerable.Range(0, Jobs).Select(static i => new Sent("x", i)), null, Token);
        await using var one = Worker(first);
        await using var two = Worker(second);

        await one.StartAsync(Token);
        await two.StartAsync(Token);
        await Eventually.HoldsAsync(async () => await CountAsync(first) == Jobs);

        var effects = await first.Repository(Kinds.Ledger).Query().StreamAsync(Token).ToListAsync(Token);
        Assert.Equal(
            Enumerable.Range(0, Jobs), effects.Select(static effect => effect.Value.Number).Order());
    }

    [Fact]
    public async Task A_schedule_fires_through_one_storage_and_runs_through_another()
    {
        await using var first = await OpenAsync();
        await using var second = await OpenAsync();
        await using var scheduler = new JobWorker(
            first, new JobHandlers(), new JobsOptions { PollInterval = TimeSpan.FromMilliseconds(20) });
        await using var worker = Worker(second);
        _ = await scheduler.Schedules.PutAsync(
            new JobSchedule
            {
                Name = "every",
                Cron = "@every_second",
                Kind = "mail",
                Payload = """{"To":"x","Number":7}"""u8.ToArray(),
            },
            TimeProvider.System.GetUtcNow(),
            Token);

        await scheduler.StartAsync(Token);
        await worker.StartAsync(Token);
        await Eventually.HoldsAsync(async () => await CountAsync(second) > 0);

        Assert.True((await scheduler.Schedules.FindAsync("every", Token))!.Fires > 0);
    }

    private ValueTask<Storage> OpenAsync() => Storage.OpenAsync(
        $"sqlite:{Path.Combine(folder.FullName, "jobs.db")}", new StoreSchemes().AddSqlite(), cancellationToken: Token);

    private static JobWorker Worker(Storage storage) => new(
        storage,
        new JobHandlers().Add(Kinds.Mail, async (mail, context, _) => await context.TransactionAsync(
            async transaction => await transaction.Repository(Kinds.Ledger)
                .CreateAsync($"{context.Id}-{context.Lease.Fence}", mail, cancellationToken: Token))),
        new JobsOptions { Lease = TimeSpan.FromMinutes(5), PollInterval = TimeSpan.FromMilliseconds(20) });

    private static async Task<long> CountAsync(Storage storage) =>
        (await storage.Jobs.ListQueuesAsync(Token)).Sum(static queue => queue[JobState.Succeeded]);
}
