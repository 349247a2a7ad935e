using System.Buffers.Binary;

namespace Undercroft.Redis.Records;

/// <summary>Instants as the functions take them: ticks of UTC in 8 bytes, most significant first.</summary>
internal static class Instants
{
    /// <summary>Writes an instant.</summary>
    public static ReadOnlySpan<byte> Write(DateTimeOffset instant, Span<byte> to)
    {
        BinaryPrimitives.WriteInt64BigEndian(to, instant.UtcTicks);
        return to[..sizeof(long)];
    }

    /// <summary>Writes an instant into bytes of its own.</summary>
    public static byte[] Write(DateTimeOffset instant)
    {
        var bytes = new byte[sizeof(long)];
        _ = Write(instant, bytes);
        return bytes;
    }
}
