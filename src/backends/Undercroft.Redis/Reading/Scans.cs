using System.Buffers;
using System.Text;
using Undercroft.Backends;
using Undercroft.Redis.Client;
using Undercroft.Redis.Functions;
using Undercroft.Redis.Records;

namespace Undercroft.Redis.Reading;

/// <summary>Reads pages of a collection, by id or by index.</summary>
/// <param name="caller">Calls the server.</param>
/// <param name="limits">The limits of a page.</param>
internal sealed class Scans(FunctionCaller caller, StoreLimits limits)
{
    /// <summary>How many members one call looks at, so that a run of expired ones does not hold the server up.
    /// </summary>
    private const int LookMax = 5_000;

    /// <summary>Reads a page.</summary>
    public async ValueTask<ScanPage> ReadAsync(
        ScanRequest request, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (least, greatest) = request.Range.Index is null ? IdBounds(request) : EntryBounds(request);
        while (true)
        {
            using var reply = await caller.CallAsync(
                caller.Library.Scan, command => Write(command, request, least, greatest, limit, now), isReading: true,
                cancellationToken).ConfigureAwait(false);
            var answer = reply.ToArray();
            var items = Items(answer[2], request);
            if (answer[0].Int64 == 0)
            {
                return new ScanPage(items, null);
            }

            var last = answer[1].Bytes.Span;
            if (items.Count > 0)
            {
                var key = Place(last, request, out var id);
                return new ScanPage(items, new ScanPosition(key, id));
            }

            // Nothing but expired ones so far: the page is looked for behind them.
            if (request.IsReverse)
            {
                greatest = Exclusive(last);
            }
            else
            {
                least = Exclusive(last);
            }
        }
    }

    private void Write(
        RedisCommand command, ScanRequest request, byte[] least, byte[] greatest, int limit, DateTimeOffset now)
    {
        Span<byte> instant = stackalloc byte[sizeof(long)];
        _ = command.Add(request.Collection)
            .Add(request.Range.Index ?? string.Empty)
            .Add(least)
            .Add(greatest)
            .Add(request.IsReverse ? "1"u8 : "0"u8)
            .Add(limit)
            .Add(Instants.Write(now, instant))
            .Add(Details.Number(request.Detail))
            .Add(limits.PageBytesMax)
            .Add(LookMax);
    }

    private static List<ScanItem> Items(RedisReply flat, ScanRequest request)
    {
        var items = new List<ScanItem>(flat.Count / 2);
        ReadOnlyMemory<byte> member = default;
        var isMember = true;
        foreach (var element in flat)
        {
            if (isMember)
            {
                member = element.Bytes;
            }
            else
            {
                var entry = Place(member.Span, request, out var id);
                var key = new RecordKey(request.Collection, id);
                items.Add(new ScanItem(RecordCodec.Read(key, element.Bytes.Span, request.Detail), entry));
            }

            isMember = !isMember;
        }

        return items;
    }

    private static byte[] Place(ReadOnlySpan<byte> member, ScanRequest request, out string id)
    {
        var entry = request.Range.Index is null ? [] : EntryKeys.Read(member, out member);
        id = Encoding.UTF8.GetString(member);
        return entry;
    }

    private static (byte[] Least, byte[] Greatest) IdBounds(ScanRequest request)
    {
        var bounds = Undercroft.Backends.IdBounds.Of(request.Range);
        var least = bounds.From.Length == 0 ? [(byte)'-'] : Marked('[', Encoding.UTF8.GetBytes(bounds.From));
        var greatest = bounds.Before is { } before ? Exclusive(Encoding.UTF8.GetBytes(before)) : [(byte)'+'];
        if (request.After is not { } after)
        {
            return (least, greatest);
        }

        var place = Exclusive(Encoding.UTF8.GetBytes(after.Id));
        return request.IsReverse
            ? (least, bounds.IsAbove(after.Id) ? greatest : place)
            : (bounds.IsBelow(after.Id) ? least : place, greatest);
    }

    private static (byte[] Least, byte[] Greatest) EntryBounds(ScanRequest request)
    {
        var from = Entry(request.Range.FromKey.Span, string.Empty);
        var before = request.Range.BeforeKey is { } end ? Entry(end.Span, string.Empty) : null;
        var least = request.Range.FromKey.IsEmpty ? [(byte)'-'] : Marked('[', from);
        var greatest = before is null ? [(byte)'+'] : Exclusive(before);
        if (request.After is { } after)
        {
            var place = Entry(after.EntryKey.Span, after.Id);
            if (request.IsReverse)
            {
                greatest = before is null || place.AsSpan().SequenceCompareTo(before) < 0 ? Exclusive(place) : greatest;
            }
            else
            {
                least = place.AsSpan().SequenceCompareTo(from) > 0 ? Exclusive(place) : least;
            }
        }

        return (least, greatest);
    }

    private static byte[] Entry(ReadOnlySpan<byte> key, string id)
    {
        var buffer = new ArrayBufferWriter<byte>(EntryKeys.Length(key) + id.Length + 1);
        EntryKeys.Write(key, buffer);
        buffer.Write(Encoding.UTF8.GetBytes(id));
        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] Exclusive(ReadOnlySpan<byte> bound) => Marked('(', bound);

    private static byte[] Marked(char mark, ReadOnlySpan<byte> bound) => [(byte)mark, .. bound];
}
