using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace Undercroft.Files.Values;

/// <summary>Looks at the bytes of values.</summary>
internal static class ValueText
{
    // Deeper documents are kept as .bin: the bound is part of the rule, so it is fixed.
    private const int DepthMax = 256;

    /// <summary>The first 128 bits of the SHA-256 of a value.</summary>
    public static UInt128 HashOf(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _ = SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <summary>The kind of a value: JSON where all of it is exactly one JSON document in UTF-8.</summary>
    public static ValueKind KindOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return ValueKind.Binary;
        }

        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = DepthMax });
            while (reader.Read())
            {
                // Strings are not looked into until asked: their UTF-8 is checked below, all at once.
            }

            return System.Text.Unicode.Utf8.IsValid(bytes) ? ValueKind.Json : ValueKind.Binary;
        }
        catch (JsonException)
        {
            return ValueKind.Binary;
        }
    }

    /// <summary>Whether found bytes are what is left of a write that a crash cut short: the beginning of the bytes
    /// written, some of it perhaps still zero.</summary>
    public static bool IsTorn(ReadOnlySpan<byte> found, ReadOnlySpan<byte> written)
    {
        if (found.Length > written.Length)
        {
            return false;
        }

        for (var i = 0; i < found.Length; i++)
        {
            if (found[i] != written[i] && found[i] != 0)
            {
                return false;
            }
        }

        return true;
    }
}
