using Undercroft.Backends;
using Undercroft.Redis.Client;
using Undercroft.Redis.Functions;
using Undercroft.Redis.Records;

namespace Undercroft.Redis.Reading;

/// <summary>Reads pages of the feed, and where its end is.</summary>
/// <param name="caller">Calls the server.</param>
/// <param name="epoch">The store's epoch.</param>
/// <param name="limits">The limits of a page.</param>
/// <param name="location">The store, for messages.</param>
internal sealed class FeedReads(FunctionCaller caller, Guid epoch, StoreLimits limits, string location)
{
    /// <summary>How many changes one call looks at, so that what is filtered out does not hold the server up.</summary>
    private const int LookMax = 5_000;

    private readonly byte[] epochBytes = epoch.ToByteArray(bigEndian: true);
    private readonly HistoryCache histories = new(epoch);

    /// <summary>Reads a page.</summary>
    public async ValueTask<ChangePage> ReadAsync(
        ChangesRequest request, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var sent = histories.Latest;
        using var reply = await caller.CallAsync(
            caller.Library.Changes, command => Write(command, request, limit, now, sent.Tag), isReading: true,
            cancellationToken).ConfigureAwait(false);
        var answer = Checked(reply);
        var history = histories.Take(sent, answer[3], answer[4]);
        var from = history.Resolve(request.After, answer[1].Int64, answer[2].Int64);
        return new ChangePage(
            Changes(answer[7], request.Detail),
            history.CursorAt(answer[5].Int64, from.WalkHorizon),
            answer[6].Int64 != 0);
    }

    /// <summary>Finds the place of a cursor, and the latest revision.</summary>
    /// <exception cref="CursorExpiredException">The feed cannot go on from it.</exception>
    public async ValueTask<(long After, long Latest)> ResolveAsync(
        FeedCursor cursor, CancellationToken cancellationToken)
    {
        var request = new ChangesRequest { After = FeedCursor.End };
        var sent = histories.Latest;
        using var reply = await caller.CallAsync(
            caller.Library.Changes, command => Write(command, request, 0, default, sent.Tag), isReading: true,
            cancellationToken).ConfigureAwait(false);
        var answer = Checked(reply);
        var history = histories.Take(sent, answer[3], answer[4]);
        return (history.Resolve(cursor, answer[1].Int64, answer[2].Int64).Sequence, answer[1].Int64);
    }

    private RedisReply[] Checked(RedisReply reply)
    {
        var answer = reply.ToArray();
        return answer[0].Int64 == Status.Done
            ? answer
            : throw RedisErrors.Refused(answer[0].Int64, answer.Length > 1 ? answer[1].Text : string.Empty, location);
    }

    private void Write(RedisCommand command, ChangesRequest request, int limit, DateTimeOffset now, byte[] tag)
    {
        Span<byte> instant = stackalloc byte[sizeof(long)];
        _ = command.Add(epochBytes);
        _ = request.After == FeedCursor.End ? command.Add("end"u8)
            : command.Add(request.After == FeedCursor.Beginning ? 0 : FeedPosition.Parse(request.After).Sequence);
        _ = command.Add(limit)
            .Add(Instants.Write(now, instant))
            .Add(Details.Number(request.Detail))
            .Add(request.ExceptOrigin is null ? [] : RecordCodec.Origin(request.ExceptOrigin))
            .Add(tag)
            .Add(limits.PageBytesMax)
            .Add(LookMax);
        foreach (var collection in request.Collections ?? [])
        {
            _ = command.Add(collection);
        }

        if (request.Collections is { Count: 0 })
        {
            // None at all: no collection has an empty name.
            _ = command.Add(""u8);
        }
    }

    private static List<StoreRecord> Changes(RedisReply flat, RecordDetail detail)
    {
        var changes = new List<StoreRecord>(flat.Count / 2);
        ReadOnlyMemory<byte> name = default;
        var isName = true;
        foreach (var element in flat)
        {
            if (isName)
            {
                name = element.Bytes;
            }
            else
            {
                changes.Add(RecordCodec.Read(StoreKeys.ReadName(name.Span), element.Bytes.Span, detail));
            }

            isName = !isName;
        }

        return changes;
    }
}
