using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Undercroft.Redis.Client;

/// <summary>
/// Keeps replies to reads until the server says that their key has changed. A read that is kept costs no round trip,
/// and is never older than the last invalidation that has arrived.
/// </summary>
/// <remarks>
/// Replies and invalidations of a key come over the same connection in the order in which they happened, and a place
/// is held before a read is sent: an invalidation takes the place away, so that a reply which it has overtaken, on its
/// way to this cache, is not kept. A connection that ends empties the cache, and one that was not heard for a while is
/// not relied upon. Own writes are told by <see cref="Forget"/>, before their caller is.
/// </remarks>
internal sealed class RedisReadCache
{
    private readonly RedisClient client;
    private readonly int entriesMax;
    private readonly long bytesMax;
    private readonly TimeSpan heardWithin;
    private readonly ConcurrentDictionary<byte[], Entry> entries = new(ByteKeys.Instance);
    private readonly ConcurrentDictionary<byte[], Entry>.AlternateLookup<ReadOnlySpan<byte>> byKey;
    private readonly Lock gate = new();
    private readonly Queue<Entry> order = new();
    private long bytes;
    private long hits;

    /// <summary>Begins empty, on a client that was opened with <see cref="RedisClientOptions.IsTracking"/>.</summary>
    /// <param name="client">The client.</param>
    /// <param name="entriesMax">The most replies to keep.</param>
    /// <param name="bytesMax">The most bytes to keep.</param>
    /// <param name="heardWithin">How long a server may have been silent for its replies to be believed; at least
    /// twice the client's ping interval, or quiet times cost round trips.</param>
    public RedisReadCache(RedisClient client, int entriesMax, long bytesMax, TimeSpan heardWithin)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(entriesMax);
        (this.client, this.entriesMax, this.bytesMax) = (client, entriesMax, bytesMax);
        this.heardWithin = heardWithin;
        byKey = entries.GetAlternateLookup<ReadOnlySpan<byte>>();
        client.Invalidated = Hear;
    }

    /// <summary>How many replies are kept, or are being waited for.</summary>
    public int Count => entries.Count;

    /// <summary>How many reads were answered from here.</summary>
    public long Hits => Volatile.Read(ref hits);

    /// <summary>Answers a read from what is kept, or else sends it and keeps the reply.</summary>
    /// <param name="command">A command that only reads, and only its one key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RedisException">As <see cref="IRedisClient.SendAsync"/>.</exception>
    public ValueTask<RedisReply> SendAsync(RedisCommand command, CancellationToken cancellationToken = default)
    {
        if (byKey.TryGetValue(command.Key, out var entry)
            && entry.TryRead(command.Arguments, out var kept)
            && client.HasHeard(command, heardWithin))
        {
            command.Discard();
            _ = Interlocked.Increment(ref hits);
            return ValueTask.FromResult(kept);
        }

        return FetchAsync(command.Repeatable(), cancellationToken);
    }

    /// <summary>Drops what is kept of a key, because this process has changed it.</summary>
    public void Forget(ReadOnlySpan<byte> key)
    {
        lock (gate)
        {
            if (byKey.TryRemove(key, out _, out var entry))
            {
                bytes -= entry.Bytes;
            }
        }
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        lock (gate)
        {
            entries.Clear();
            order.Clear();
            bytes = 0;
        }
    }

    private async ValueTask<RedisReply> FetchAsync(RedisCommand command, CancellationToken cancellationToken)
    {
        var place = new Entry(command.Key.ToArray(), command.Arguments.ToArray());
        Hold(place);
        RedisReply reply;
        try
        {
            using var rented = await client.SendAsync(command, cancellationToken).ConfigureAwait(false);
            reply = rented.Detach();
        }
        catch
        {
            Release(place);
            throw;
        }

        Fill(place, reply);
        return reply;
    }

    private void Hold(Entry place)
    {
        lock (gate)
        {
            if (entries.TryGetValue(place.Key, out var old))
            {
                bytes -= old.Bytes;
            }

            entries[place.Key] = place;
            bytes += place.Bytes;
            order.Enqueue(place);
            Trim();
        }
    }

    private void Release(Entry place)
    {
        lock (gate)
        {
            if (IsHeld(place))
            {
                _ = entries.TryRemove(place.Key, out _);
                bytes -= place.Bytes;
            }
        }
    }

    private void Fill(Entry place, RedisReply reply)
    {
        lock (gate)
        {
            // The place is gone where the key has changed since, or somebody else has asked meanwhile.
            if (IsHeld(place))
            {
                bytes -= place.Bytes;
                place.Fill(reply);
                bytes += place.Bytes;
                Trim();
            }
        }
    }

    private bool IsHeld(Entry place) =>
        entries.TryGetValue(place.Key, out var current) && ReferenceEquals(current, place);

    // What was used since it was last looked at stays for another round.
    private void Trim()
    {
        var chances = order.Count;
        while (order.Count > 0 && (entries.Count > entriesMax || bytes > bytesMax || order.Count > 2 * entriesMax))
        {
            var oldest = order.Dequeue();
            if (!IsHeld(oldest))
            {
                continue;
            }

            if (chances-- > 0 && oldest.TakeUsed())
            {
                order.Enqueue(oldest);
                continue;
            }

            _ = entries.TryRemove(oldest.Key, out _);
            bytes -= oldest.Bytes;
        }
    }

    private void Hear(RedisReply? keys)
    {
        if (keys is not { } changed)
        {
            Clear();
            return;
        }

        foreach (var key in changed)
        {
            Forget(key.Bytes.Span);
        }
    }

    private sealed class Entry(byte[] key, byte[] arguments)
    {
        // What the tables around an entry cost, roughly.
        private const int Overhead = 160;

        private Kept? kept;
        private int isUsed;

        public byte[] Key => key;

        public long Bytes { get; private set; } = key.Length + arguments.Length + Overhead;

        public bool TryRead(ReadOnlySpan<byte> asked, out RedisReply reply)
        {
            var found = Volatile.Read(ref kept);
            if (found is null || !asked.SequenceEqual(arguments))
            {
                reply = default;
                return false;
            }

            if (Volatile.Read(ref isUsed) == 0)
            {
                Volatile.Write(ref isUsed, 1);
            }

            reply = found.Reply;
            return true;
        }

        public void Fill(RedisReply reply)
        {
            Bytes += reply.FrameLength;
            Volatile.Write(ref kept, new Kept(reply));
        }

        public bool TakeUsed() => Interlocked.Exchange(ref isUsed, 0) == 1;

        private sealed record Kept(RedisReply Reply);
    }

    private sealed class ByteKeys : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static ByteKeys Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
