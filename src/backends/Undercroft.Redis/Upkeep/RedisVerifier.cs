using System.Text;
using Undercroft.Redis.Client;
using Undercroft.Redis.Functions;
using Undercroft.Redis.Reading;
using Undercroft.Redis.Records;

namespace Undercroft.Redis.Upkeep;

/// <summary>Looks at everything a store keeps, a number of keys at a time, and reports what does not fit together.
/// </summary>
/// <remarks>Each record is compared with what leads to it in one step, so that writers do not disturb it.</remarks>
/// <param name="caller">Calls the server.</param>
/// <param name="info">What the store is.</param>
/// <param name="progress">Is told how many keys were looked at.</param>
internal sealed class RedisVerifier(
    FunctionCaller caller, StoreInfo info, IProgress<(long Done, long Total)>? progress)
{
    private const int StepMax = 250;
    private const int ProblemsMax = 100;

    private readonly byte[] epoch = info.Epoch.ToByteArray(bigEndian: true);
    private readonly List<string> problems = [];
    private long examined;

    /// <summary>Verifies.</summary>
    public async ValueTask<MaintenanceReport> RunAsync(CancellationToken cancellationToken)
    {
        await CheckHistoryAsync(cancellationToken).ConfigureAwait(false);
        await CheckRecordsAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var collection in Lists.WalkAsync(caller, "c"u8.ToArray(), cancellationToken)
            .ConfigureAwait(false))
        {
            await CheckBackAsync("k"u8.ToArray(), collection, [], cancellationToken).ConfigureAwait(false);
        }

        await foreach (var place in Lists.WalkAsync(caller, "j"u8.ToArray(), cancellationToken).ConfigureAwait(false))
        {
            var zero = Array.IndexOf(place, (byte)0);
            await CheckBackAsync("i"u8.ToArray(), place[..zero], place[(zero + 1)..], cancellationToken)
                .ConfigureAwait(false);
        }

        await CheckBackAsync("x"u8.ToArray(), [], [], cancellationToken).ConfigureAwait(false);
        return new MaintenanceReport { Examined = examined, Problems = problems };
    }

    private async ValueTask CheckHistoryAsync(CancellationToken cancellationToken)
    {
        using var reply = await caller.CallAsync(
            caller.Library.History, command => _ = command.Add(epoch), isReading: true, cancellationToken)
            .ConfigureAwait(false);
        var answer = Checked(reply);
        var (latest, horizon) = (answer[1].Int64, answer[2].Int64);
        if (horizon > latest)
        {
            Report($"The store has forgotten through r{horizon}, after its latest, r{latest}.");
        }

        var start = -1L;
        foreach (var segment in HistoryCache.Parse(answer[4].Bytes.Span))
        {
            if (segment.Start < start || segment.Start > latest)
            {
                Report($"The history has a stretch that begins at r{segment.Start}, out of order.");
            }

            start = segment.Start;
        }
    }

    private async ValueTask CheckRecordsAsync(CancellationToken cancellationToken)
    {
        var after = 0L;
        bool hasMore;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var from = after;
            using var reply = await caller.CallAsync(
                caller.Library.Verify, command => _ = command.Add(epoch).Add(from).Add(StepMax), isReading: true,
                cancellationToken).ConfigureAwait(false);
            var answer = Checked(reply);
            examined += answer[1].Int64;
            after = answer[2].Int64;
            hasMore = answer[3].Int64 != 0;
            Take(answer[4]);
            progress?.Report((examined, 0));
        }
        while (hasMore);
    }

    private async ValueTask CheckBackAsync(
        byte[] kind, byte[] collection, byte[] index, CancellationToken cancellationToken)
    {
        byte[] last = [];
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var after = last;
            using var reply = await caller.CallAsync(
                caller.Library.VerifyBack,
                command => _ = command.Add(kind).Add(collection).Add(index).Add(after).Add(StepMax),
                isReading: true,
                cancellationToken).ConfigureAwait(false);
            var answer = reply.ToArray();
            last = answer[1].Bytes.ToArray();
            Take(answer[2]);
            progress?.Report((examined, 0));
        }
        while (last.Length > 0);
    }

    private void Take(RedisReply found)
    {
        foreach (var row in found)
        {
            var parts = row.ToArray();
            Report(Sentence(parts[0].Text, Show(parts[1].Bytes.Span), parts[2].Text));
        }
    }

    private static FormattableString Sentence(string kind, string key, string detail) => kind switch
    {
        "missing" => $"The feed names {key}, which is not there.",
        "revision" => $"The feed does not have {key} at its revision, r{detail}.",
        "ahead" => $"{key} is at r{detail}, after the store's latest.",
        "listed" => $"The tombstone {key} is listed among the ids of its collection.",
        "unburied" => $"The tombstone {key} is not listed as one.",
        "dead" => $"The tombstone {key} has more than a tombstone may have.",
        "unlisted" => $"{key} is not listed among the ids of its collection.",
        "buried" => $"{key} is listed as a tombstone and is none.",
        "unexpiring" => $"{key} is not listed among what expires.",
        "entry" => $"{key} is not found in its index {Names.Show(detail)}.",
        "stray" => $"The index {Names.Show(detail)} has an entry that {key} does not have.",
        "k" => $"The ids of its collection name {key}, which is not there or not in the feed.",
        "x" => $"{key} is listed to expire at another time than its own.",
        _ => $"{key} has a problem this version does not know: {kind}.",
    };

    private static string Show(ReadOnlySpan<byte> name)
    {
        try
        {
            return Names.Show(StoreKeys.ReadName(name).ToString());
        }
        catch (InvalidDataException)
        {
            return Names.Show(Encoding.UTF8.GetString(name));
        }
    }

    private RedisReply[] Checked(RedisReply reply)
    {
        var answer = reply.ToArray();
        return answer[0].Int64 == Status.Done
            ? answer
            : throw RedisErrors.Refused(
                answer[0].Int64, answer.Length > 1 ? answer[1].Text : string.Empty, info.Location ?? info.Backend);
    }

    private void Report(FormattableString problem)
    {
        if (problems.Count < ProblemsMax)
        {
            problems.Add(FormattableString.Invariant(problem));
        }
    }
}
