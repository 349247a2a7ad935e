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

    /// <summary>Writes a value as UTF-8 JSON.</summary>
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
    public override JsonTypeInfo<T> TypeInfo { get; } = typeInfo;

    public override ReadOnlyMemory<byte> Encode(T value) => JsonSerializer.SerializeToUtf8Bytes(value, TypeInfo);

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

    private static string PlaceOf(Exception error) => error is JsonException { LineNumber: not null } json
        ? $" at {Names.Show(json.Path ?? "$")}, {JsonPlace.Of(json)}"
        : "";
}
