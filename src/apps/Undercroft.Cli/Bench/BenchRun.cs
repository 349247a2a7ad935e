using System.Globalization;
using System.Text;
using Undercroft.Indexes;
using Undercroft.Queries;

namespace Undercroft.Cli.Bench;

/// <summary>Measures a store through the same repositories that applications use.</summary>
internal sealed class BenchRun(Storage storage, BenchPlan plan, TimeProvider clock)
{
    /// <summary>How many figures there are.</summary>
    public const int FiguresCount = 5;

    private const int BatchSize = 1000;
    private const int Many = 64;
    private const int Page = 50;
    private const int Groups = 100;

    // Calls beyond these are counted, but their times are not kept.
    private const int TimesMax = 1_000_000;

    private readonly IRepository<RawJson> documents = storage.Repository(
        new CollectionDefinition<RawJson>("bench", RawJson.Codec).WithIndex("by-group", "group", "rank"));

    /// <summary>Measures all figures, one after the other.</summary>
    public async Task<IReadOnlyList<BenchFigure>> RunAsync(
        IProgress<(long Done, long Total)> progress, CancellationToken cancellationToken)
    {
        var figures = new List<BenchFigure>();
        await FillAsync(cancellationToken).ConfigureAwait(false);
        await AddAsync("commit one document, 1 producer", "commits", 1, WriteAsync).ConfigureAwait(false);
        await AddAsync($"commit one document, {Many} producers", "commits", Many, WriteAsync).ConfigureAwait(false);
        await AddAsync("commit 1,000 documents at once", "documents", 1, WriteBatchAsync).ConfigureAwait(false);
        await AddAsync("read by key, 1 reader", "documents", 1, ReadAsync).ConfigureAwait(false);
        await AddAsync($"query a page of {Page} by index", "pages", 1, QueryAsync).ConfigureAwait(false);
        return figures;

        async Task AddAsync(string name, string unit, int producers, Func<long, Task<int>> call)
        {
            progress.Report((figures.Count, FiguresCount));
            figures.Add(await MeasureAsync(name, unit, producers, call, cancellationToken).ConfigureAwait(false));
        }

        async Task<int> WriteAsync(long n)
        {
            _ = await documents.UpsertAsync(Id(n), Make(n), null, cancellationToken).ConfigureAwait(false);
            return 1;
        }

        async Task<int> WriteBatchAsync(long n)
        {
            _ = await documents.UpsertManyAsync(Batch(n * BatchSize), null, cancellationToken).ConfigureAwait(false);
            return BatchSize;
        }

        async Task<int> ReadAsync(long n)
        {
            // A prime step visits the documents in an order that no cache foresees.
            var found = await documents.GetAsync(Id(n * 7919), cancellationToken).ConfigureAwait(false);
            return found is null ? throw new InvalidOperationException("A document written is not found.") : 1;
        }

        async Task<int> QueryAsync(long n)
        {
            var page = await documents.Query()
                .Where(Filter.Equal("group", FieldValue.From(n % Groups)))
                .OrderBy("rank")
                .Take(Page)
                .RequireIndex()
                .ToPageAsync(cancellationToken)
                .ConfigureAwait(false);
            return page.Items.Count > 0 ? 1 : throw new InvalidOperationException("A query found nothing.");
        }
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        for (var from = 0L; from < plan.Documents; from += BatchSize)
        {
            _ = await documents.UpsertManyAsync(Batch(from), null, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<BenchFigure> MeasureAsync(
        string name, string unit, int producers, Func<long, Task<int>> call, CancellationToken cancellationToken)
    {
        // The first call pays for what later ones find done.
        _ = await call(0).ConfigureAwait(false);
        var next = 0L;
        var started = clock.GetTimestamp();
        var lanes = await Task
            .WhenAll(Enumerable.Range(0, producers).Select(_ => ProduceAsync()))
            .ConfigureAwait(false);
        var elapsed = clock.GetElapsedTime(started);
        var count = lanes.Sum(static lane => lane.Count);
        var times = lanes.SelectMany(static lane => lane.Times).Order().ToArray();
        return new BenchFigure(
            name, unit, count, count / elapsed.TotalSeconds, At(0.5).TotalMicroseconds, At(0.99).TotalMicroseconds);

        TimeSpan At(double part) => times[Math.Min(times.Length - 1, (int)(times.Length * part))];

        async Task<(long Count, List<TimeSpan> Times)> ProduceAsync()
        {
            // Each producer begins by itself: a store that answers at once would never let the others in.
            await Task.Yield();
            var lane = (Count: 0L, Times: new List<TimeSpan>());
            do
            {
                cancellationToken.ThrowIfCancellationRequested();
                var begun = clock.GetTimestamp();
                lane.Count += await call(Interlocked.Increment(ref next)).ConfigureAwait(false);
                if (lane.Times.Count < TimesMax / producers)
                {
                    lane.Times.Add(clock.GetElapsedTime(begun));
                }
            }
            while (clock.GetElapsedTime(started) < plan.Each);
            return lane;
        }
    }

    private KeyValuePair<string, RawJson>[] Batch(long from) =>
        [.. Enumerable.Range(0, BatchSize).Select(i => KeyValuePair.Create(Id(from + i), Make(from + i)))];

    private string Id(long n) => (n % plan.Documents).ToString("x8", CultureInfo.InvariantCulture);

    private RawJson Make(long n)
    {
        var at = n % plan.Documents;
        var head = $"{{\"group\":{at % Groups},\"rank\":{at / Groups},\"text\":\"";
        var text = new string('x', Math.Max(0, plan.DocumentBytes - head.Length - 2));
        return new RawJson(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{head}{text}\"}}")));
    }
}
