using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Undercroft;

/// <summary>A JSON document as its bytes, kept exactly as they are: for tools that know no type.</summary>
/// <param name="Bytes">The UTF-8 text of one JSON value.</param>
public readonly record struct RawJson(ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The deepest nesting there may be in a document.</summary>
    internal const int DepthMax = 256;

    /// <summary>The codec of raw documents: keeps every byte, refuses what is not one JSON value.</summary>
    public static DocumentCodec<RawJson> Codec { get; } = new RawCodec();

    /// <summary>Takes text as a document.</summary>
    public static RawJson FromText(string json) => new(Encoding.UTF8.GetBytes(json));

    /// <summary>Writes the document as text.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>Refuses bytes that are not one JSON value.</summary>
    /// <exception cref="StoreException">They are not; line and position are named.</exception>
    internal static void Check(ReadOnlySpan<byte> bytes, string what)
    {
        if (!Utf8.IsValid(bytes))
        {
            throw new StoreException(
                StoreErrorKind.Malformed,
                FormattableString.Invariant($"{what} is not JSON: byte {BadByteOf(bytes)} of it is not UTF-8. ") +
                "Save it as UTF-8.");
        }

        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = DepthMax });
            while (reader.Read())
            {
            }
        }
        catch (JsonException error)
        {
            throw new StoreException(
                StoreErrorKind.Malformed,
                $"{what} is not JSON: {JsonPlace.Of(error)}: {JsonPlace.Reason(error)}. Mend the text.",
                error);
        }
    }

    // Counted from one, as the places of other faults are.
    private static int BadByteOf(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out var length) == OperationStatus.Done)
        {
            at += length;
        }

        return at + 1;
    }

    private sealed class RawCodec : DocumentCodec<RawJson>
    {
        public override ReadOnlyMemory<byte> Encode(RawJson value)
        {
            Check(value.Bytes.Span, "The document");
            return value.Bytes;
        }

        public override RawJson Decode(RecordKey key, ReadOnlyMemory<byte> bytes) => new(bytes);
    }
}
