using System.Text;
using Undercroft.Redis.Functions;
using Undercroft.Redis.Records;

namespace Undercroft.Redis.Upkeep;

/// <summary>Counts records and bytes by collection, a number of records at a time.</summary>
/// <param name="caller">Calls the server.</param>
internal sealed class RedisMeasure(FunctionCaller caller)
{
    private const int StepMax = 250;

    private readonly SortedDictionary<string, CollectionSize> sizes = new(
        Comparer<string>.Create(static (a, b) => Utf8Order.Compare(a, b)));

    private long examined;
    private long stored;

    /// <summary>Measures. What others write meanwhile may be counted or not.</summary>
    public async ValueTask<MaintenanceReport> RunAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await foreach (var collection in Lists.WalkAsync(caller, "c"u8.ToArray(), cancellationToken)
            .ConfigureAwait(false))
        {
            await MeasureAsync(collection, now, cancellationToken).ConfigureAwait(false);
        }

        await CountTombstonesAsync(cancellationToken).ConfigureAwait(false);
        return new MaintenanceReport
        {
            Examined = examined,
            Collections = [.. sizes.Values],
            StoredBytes = stored,
        };
    }

    private async ValueTask MeasureAsync(byte[] collection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        byte[] last = [];
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var after = last;
            using var reply = await caller.CallAsync(
                caller.Library.Measure,
                command => _ = command.Add(collection).Add(after).Add(Instants.Write(now)).Add(StepMax),
                isReading: true,
                cancellationToken).ConfigureAwait(false);
            var answer = reply.ToArray();
            if (answer[0].Int64 is var live and > 0)
            {
                var size = Of(Encoding.UTF8.GetString(collection));
                sizes[size.Collection] = size with
                {
                    Records = size.Records + live,
                    ValueBytes = size.ValueBytes + answer[1].Int64,
                };
            }

            stored += answer[2].Int64;
            examined += answer[4].Int64;
            last = answer[3].Bytes.ToArray();
        }
        while (last.Length > 0);
    }

    private async ValueTask CountTombstonesAsync(CancellationToken cancellationToken)
    {
        for (var rank = 0L; ; rank += StepMax)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var from = rank;
            using var reply = await caller.CallAsync(
                caller.Library.Tombstones, command => _ = command.Add(from).Add(StepMax), isReading: true,
                cancellationToken).ConfigureAwait(false);
            var answer = reply.ToArray();
            stored += answer[0].Int64;
            foreach (var name in answer[1])
            {
                var size = Of(name.Text);
                sizes[size.Collection] = size with { Tombstones = size.Tombstones + 1 };
                examined++;
            }

            if (answer[1].Count < StepMax)
            {
                return;
            }
        }
    }

    private CollectionSize Of(string collection) =>
        sizes.TryGetValue(collection, out var size) ? size : new CollectionSize(collection, 0, 0, 0);
}
