using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Undercroft;

/// <summary>Turns values into a document's bytes and back.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
public abstract class DocumentCodec<T>
{
    /// <summary>How the type's members are named in JSON, for queries by expression; null where the type has none.
    /// </summary>
    public virtual JsonTypeInfo<T>? TypeInfo => null;

    /// <summary>Writes a value as UTF-8 JSON, nested at most 256 levels deep: nobody reads more.</summary>
    /// <exception cref="StoreException">The value cannot be written so that it can be read again:
    /// <see cref="StoreErrorKind.Malformed"/>.</exception>
    public abstract ReadOnlyMemory<byte> Encode(T value);

    /// <summary>Reads a value.</summary>
    /// <param name="key">The record, for the error.</param>
    /// <param name="bytes">The document.</param>
    /// <exception cref="StoreException">The document is not a value of the type:
    /// <see cref="StoreErrorKind.Malformed"/>.</exception>
    public abstract T Decode(RecordKey key, ReadOnlyMemory<byte> bytes);
}

/// <summary>The codec of source-generated JSON.</summary>
/// <param name="typeInfo">The type's description, from a <c>JsonSerializerContext</c>.</param>
internal sealed class JsonDocumentCodec<T>(JsonTypeInfo<T> typeInfo) : DocumentCodec<T>
{
    private const int SerializerDepthMax = 64;

    public override JsonTypeInfo<T> TypeInfo { get; } = typeInfo;

    // The serializer's own maximum, where it is the lower one, holds for reading whatever wrote the document.
    private readonly int depthMax = Math.Min(
        RawJson.DepthMax, typeInfo.Options.MaxDepth == 0 ? SerializerDepthMax : typeInfo.Options.MaxDepth);

    public override ReadOnlyMemory<byte> Encode(T value)
    {
        byte[] bytes;
        try
        {
            bytes = JsonSerializer.SerializeToUtf8Bytes(value, TypeInfo);
        }
        catch (JsonException error)
        {
            throw Unwritable(JsonPlace.Reason(error), error);
        }

        if (bytes.AsSpan().SequenceEqual("null"u8))
        {
            throw Unwritable("it comes to null", null);
        }

        CheckDepth(bytes);
        return bytes;
    }

    [SuppressMessage("Design", "CA1031", Justification = "A converter may throw anything; it is inside.")]
    public override T Decode(RecordKey key, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes.Span, TypeInfo)
                ?? throw new JsonException("the document is null");
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new StoreException(
                StoreErrorKind.Malformed,
                $"The document {Names.Show(key.ToString())} cannot be read as {typeof(T).Name}{PlaceOf(error)}: " +
                $"{JsonPlace.Reason(error)}. Read it as RawJson to see it, or mend the type.",
                error);
        }
    }

    /// <summary>Refuses what nests too deep to be read. The serializer counts the levels of types, not those of the
    /// JSON that a member holds. Few documents have brackets enough to be looked at.</summary>
    private void CheckDepth(byte[] bytes)
    {
        var text = bytes.AsSpan();
        if (bytes.Length <= 2 * depthMax || text.Count((byte)'{') + text.Count((byte)'[') <= depthMax)
        {
            return;
        }

        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = depthMax });
            while (reader.Read())
            {
            }
        }
        catch (JsonException error)
        {
            throw Unwritable($"{JsonPlace.Reason(error)}, at {JsonPlace.Of(error)}", error);
        }
    }

    private static StoreException Unwritable(string reason, JsonException? error) => new(
        StoreErrorKind.Malformed,
        $"The {typeof(T).Name} cannot be written as a document that can be read again: {reason}. Nothing was " +
        "written. Mend the value, or the type.",
        error);

    private static string PlaceOf(Exception error) => error is JsonException { LineNumber: not null } json
        ? $" at {Names.Show(json.Path ?? "$")}, {JsonPlace.Of(json)}"
        : "";
}
