using System.Buffers.Binary;
using System.Collections.Immutable;
using Undercroft.Backends;
using Undercroft.Redis.Client;

namespace Undercroft.Redis.Reading;

/// <summary>The history read last: it is brought again only where it has changed.</summary>
/// <param name="epoch">The store's epoch.</param>
internal sealed class HistoryCache(Guid epoch)
{
    private const int SegmentBytes = 2 * sizeof(long);

    private Known known = new([], new FeedHistory(epoch, []));

    /// <summary>The history known, and its tag: the latest salt, for the server to compare.</summary>
    public Known Latest => Volatile.Read(ref known);

    /// <summary>Gives the history an answer tells of.</summary>
    /// <param name="sent">What was known when the call was sent.</param>
    /// <param name="tag">The tag in the answer.</param>
    /// <param name="segments">The segments in the answer; empty where the tag was the one sent.</param>
    public FeedHistory Take(Known sent, RedisReply tag, RedisReply segments)
    {
        if (tag.Bytes.Span.SequenceEqual(sent.Tag))
        {
            return sent.History;
        }

        var read = new Known(tag.Bytes.ToArray(), new FeedHistory(epoch, Parse(segments.Bytes.Span)));
        Volatile.Write(ref known, read);
        return read.History;
    }

    /// <summary>Reads segments as the store's row keeps them.</summary>
    public static ImmutableArray<FeedSegment> Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % SegmentBytes != 0)
        {
            throw new InvalidDataException("The history of the store is damaged: its length is odd.");
        }

        var segments = ImmutableArray.CreateBuilder<FeedSegment>(bytes.Length / SegmentBytes);
        for (; bytes.Length > 0; bytes = bytes[SegmentBytes..])
        {
            segments.Add(new FeedSegment(
                BinaryPrimitives.ReadInt64BigEndian(bytes),
                BinaryPrimitives.ReadInt64BigEndian(bytes[sizeof(long)..])));
        }

        return segments.MoveToImmutable();
    }

    /// <summary>A history and its tag.</summary>
    internal sealed record Known(byte[] Tag, FeedHistory History);
}
