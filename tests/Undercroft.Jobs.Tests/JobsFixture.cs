using Microsoft.Extensions.Logging.Abstractions;
using Undercroft.Testing;

namespace Undercroft.Jobs.Tests;

/// <summary>A storage in memory on a clock moved by hand, and workers on it.</summary>
public abstract class JobsFixture : IAsyncDisposable
{
    private readonly List<JobWorker> workers = [];

    protected JobsFixture()
    {
        Clock = new ManualClock();
        Storage = new Storage(
            new MemoryStore(clock: Clock),
            new StorageOptions { Clock = Clock, SweepInterval = Timeout.InfiniteTimeSpan });
    }

    internal static CancellationToken Token => TestContext.Current.CancellationToken;

    internal ManualClock Clock { get; }

    internal Storage Storage { get; }

    internal IJobQueue<Sent> Mails => Storage.Queue(Kinds.Mail);

    internal JobWorker Worker(JobHandlers handlers, Action<JobsOptions>? configure = null)
    {
        var options = new JobsOptions { Clock = Clock, Random = new Random(1) };
        configure?.Invoke(options);
        var worker = new JobWorker(Storage, handlers, options, null, NullLogger<JobWorker>.Instance);
        workers.Add(worker);
        return worker;
    }

    internal JobWorker Worker(
        Func<Sent, JobContext, CancellationToken, ValueTask> handle,
        JobHandlerOptions? handling = null,
        Action<JobsOptions>? configure = null) =>
        Worker(new JobHandlers().Add(Kinds.Mail, handle, handling), configure);

    internal async Task<JobInfo> InfoAsync(JobId job) =>
        await Storage.Jobs.FindJobAsync(job, Token) ?? throw new InvalidOperationException($"There is no job {job}.");

    internal async Task<JobState> StateAsync(JobId job) => (await InfoAsync(job)).State;

    internal ValueTask<CommitResult> ControlAsync(JobControlOperation operation) =>
        Storage.Jobs.CommitAsync(new Commit(operation), Token);

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in workers)
        {
            await worker.DisposeAsync();
        }

        await Storage.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
