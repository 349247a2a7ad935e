using System.Collections.Frozen;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Undercroft;

/// <summary>Counts and times what a storage does: for its statistics always, for meters and traces where somebody
/// listens.</summary>
internal sealed class StorageMeter : IDisposable
{
    private static readonly StorageOperation[] Kinds = Enum.GetValues<StorageOperation>();
    private static readonly string[] KindNames = ["read", "write", "delete", "query", "transaction"];

    private readonly Meter meter = new(UndercroftDiagnostics.SourceName);
    private readonly ActivitySource source = new(UndercroftDiagnostics.SourceName);
    private readonly OperationCounts[] counts = [.. Kinds.Select(static _ => new OperationCounts())];
    private readonly Histogram<double> duration;
    private readonly Counter<long> documents;
    private readonly Counter<long> conflictCounter;
    private readonly Counter<long> retryCounter;
    private readonly string backend;
    private readonly StorageOptions options;
    private readonly StorageEvents events;
    private long commits;
    private long conflicts;
    private long retries;
    private long slowQueries;
    private long bytesWritten;

    public StorageMeter(string backend, StorageOptions options, StorageEvents events)
    {
        this.backend = backend;
        this.options = options;
        this.events = events;
        duration = meter.CreateHistogram(
            UndercroftDiagnostics.OperationDuration,
            unit: "s",
            description: "Duration of one storage operation.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.00001, 0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10],
            });
        documents = meter.CreateCounter<long>(
            UndercroftDiagnostics.Documents, unit: "{document}", description: "Documents read, written and deleted.");
        conflictCounter = meter.CreateCounter<long>(
            UndercroftDiagnostics.Conflicts, unit: "{conflict}", description: "Commits refused.");
        retryCounter = meter.CreateCounter<long>(
            UndercroftDiagnostics.Retries, unit: "{retry}", description: "Writes run again after a conflict.");
    }

    /// <summary>Begins an operation. Reading the clock costs as much as a read in memory: unless somebody listens, one
    /// read in sixteen is timed and stands for all.</summary>
    public MeteredOperation Begin(StorageOperation kind)
    {
        var isHeard = duration.Enabled || source.HasListeners();
        return kind == StorageOperation.Read && !isHeard && counts[(int)kind].MaySkip()
            ? new(kind, 0, null)
            : new(kind, Stopwatch.GetTimestamp(), isHeard ? Start(kind) : null);
    }

    public OperationWatch Watch(StorageOperation kind) => new(this, Begin(kind));

    public void Succeed(in MeteredOperation operation, int found)
    {
        if (operation.StartedAt == 0)
        {
            counts[(int)operation.Kind].Succeed(found);
            return;
        }

        var spent = Stopwatch.GetElapsedTime(operation.StartedAt);
        counts[(int)operation.Kind].Succeed(spent, found);
        if (duration.Enabled)
        {
            duration.Record(spent.TotalSeconds, TagsOf(operation.Kind, null));
        }

        if (documents.Enabled && found > 0)
        {
            documents.Add(found, TagsOf(operation.Kind, null));
        }

        operation.Activity?.Dispose();
    }

    public void Fail(in MeteredOperation operation, Exception? error)
    {
        counts[(int)operation.Kind].Fail();
        if (duration.Enabled)
        {
            var spent = Stopwatch.GetElapsedTime(operation.StartedAt);
            duration.Record(spent.TotalSeconds, TagsOf(operation.Kind, error?.GetType().Name ?? "_OTHER"));
        }

        _ = operation.Activity?.SetStatus(ActivityStatusCode.Error, error?.Message);
        operation.Activity?.Dispose();
    }

    public void Committed(Commit commit, CommitResult result)
    {
        if (!result.IsCommitted)
        {
            _ = Interlocked.Increment(ref conflicts);
            conflictCounter.Add(1);
            return;
        }

        _ = Interlocked.Increment(ref commits);
        var bytes = 0L;
        for (var i = 0; i < commit.Operations.Count; i++)
        {
            bytes += commit.Operations[i] is PutOperation put ? put.Value.Length : 0;
        }

        _ = Interlocked.Add(ref bytesWritten, bytes);
    }

    public void Retried()
    {
        _ = Interlocked.Increment(ref retries);
        retryCounter.Add(1);
    }

    /// <summary>Reports a query that took long, with its plan.</summary>
    public void Queried(string collection, in MeteredOperation operation, Func<string> plan) =>
        Queried(collection, Stopwatch.GetElapsedTime(operation.StartedAt), plan);

    /// <summary>Reports a query that took long, with its plan.</summary>
    public void Queried(string collection, TimeSpan spent, Func<string> plan)
    {
        if (options.SlowQueryThreshold != Timeout.InfiniteTimeSpan && spent >= options.SlowQueryThreshold)
        {
            _ = Interlocked.Increment(ref slowQueries);
            events.SlowQuery(new SlowQueryEvent(collection, spent, plan()));
        }
    }

    public StorageStatistics Snapshot() => new(
        Kinds.ToFrozenDictionary(static kind => kind, kind => counts[(int)kind].Snapshot()),
        Volatile.Read(ref commits),
        Volatile.Read(ref conflicts),
        Volatile.Read(ref retries),
        Volatile.Read(ref slowQueries),
        Volatile.Read(ref bytesWritten));

    public void Dispose()
    {
        meter.Dispose();
        source.Dispose();
    }

    private Activity? Start(StorageOperation kind)
    {
        var activity = source.StartActivity($"undercroft {KindNames[(int)kind]}", ActivityKind.Internal);
        return activity?.SetTag(UndercroftDiagnostics.BackendTag, backend);
    }

    private TagList TagsOf(StorageOperation kind, string? errorType)
    {
        var tags = new TagList
        {
            { UndercroftDiagnostics.OperationTag, KindNames[(int)kind] },
            { UndercroftDiagnostics.BackendTag, backend },
        };
        if (errorType is not null)
        {
            tags.Add("error.type", errorType);
        }

        return tags;
    }
}
