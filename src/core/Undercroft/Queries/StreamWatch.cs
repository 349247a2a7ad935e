using System.Diagnostics;

namespace Undercroft.Queries;

/// <summary>Watches a stream of documents to its end, be it that its reader stops: then it has succeeded too. What the
/// reader does between documents is none of the query's time.</summary>
internal sealed class StreamWatch
{
    private readonly StorageMeter meter;
    private readonly string collection;
    private readonly MeteredOperation operation;
    private TimeSpan spent;
    private bool hasFailed;

    public StreamWatch(StorageMeter meter, string collection)
    {
        this.meter = meter;
        this.collection = collection;
        operation = meter.Begin(StorageOperation.Query);
    }

    /// <summary>How many documents were given.</summary>
    public int Found { get; set; }

    /// <summary>Says how the query is run, once that is known.</summary>
    public Func<string>? Plan { get; set; }

    /// <summary>Does a part of the work.</summary>
    public async ValueTask<TResult> RunAsync<TResult>(Func<ValueTask<TResult>> work)
    {
        var from = Stopwatch.GetTimestamp();
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            hasFailed = true;
            meter.Fail(operation, error);
            throw;
        }
        finally
        {
            spent += Stopwatch.GetElapsedTime(from);
        }
    }

    public void End()
    {
        if (hasFailed)
        {
            return;
        }

        if (Plan is { } plan)
        {
            meter.Queried(collection, spent, plan);
        }

        meter.Succeed(operation, Found);
    }
}
