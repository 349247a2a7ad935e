using System.Buffers;

namespace Undercroft.Redis.Client;

/// <summary>Memory of a reply that came from the pool and goes back there once.</summary>
internal sealed class ReplyLease(byte[] rented)
{
    // Below this, memory of one's own is cheaper than a lease.
    private const int RentedBytesMin = 256;

    private byte[]? rented = rented;

    /// <summary>Copies a reply out of the connection's buffer.</summary>
    public static RedisReply Copy(in ReadOnlySequence<byte> bytes)
    {
        var length = checked((int)bytes.Length);
        if (length < RentedBytesMin)
        {
            return new RedisReply(bytes.ToArray());
        }

        var memory = ArrayPool<byte>.Shared.Rent(length);
        bytes.CopyTo(memory);
        return new RedisReply(memory.AsMemory(0, length), new ReplyLease(memory));
    }

    /// <summary>Gives the memory back; later calls do nothing.</summary>
    public void Return()
    {
        if (Interlocked.Exchange(ref rented, null) is { } memory)
        {
            ArrayPool<byte>.Shared.Return(memory);
        }
    }
}
