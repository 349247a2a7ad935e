using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Undercroft.Blobs;

/// <summary>The SHA-256 of some bytes: the name they are kept under.</summary>
internal readonly record struct ContentHash(UInt128 High, UInt128 Low)
{
    public const int Size = SHA256.HashSizeInBytes;

    public static ContentHash Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[Size];
        _ = SHA256.HashData(bytes, hash);
        return Read(hash);
    }

    public static ContentHash Read(ReadOnlySpan<byte> hash) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(hash), BinaryPrimitives.ReadUInt128BigEndian(hash[(Size / 2)..]));

    /// <summary>Reads the 64 lower-case hexadecimal digits of a hash.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ContentHash hash)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var isHash = text is { Length: Size * 2 } &&
            Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done;
        hash = isHash ? Read(bytes) : default;
        return isHash;
    }

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt128BigEndian(target, High);
        BinaryPrimitives.WriteUInt128BigEndian(target[(Size / 2)..], Low);
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        Write(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
