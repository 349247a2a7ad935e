using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Undercroft.Migrations;

/// <summary>Reads documents as trees that steps can change, and writes them.</summary>
internal static class DocumentTree
{
    private static readonly JsonDocumentOptions ReadOptions = new()
    {
        MaxDepth = RawJson.DepthMax, AllowDuplicateProperties = false,
    };

    // Text stays as people wrote it: a document is no part of a web page.
    private static readonly JsonWriterOptions WriteOptions = new()
    {
        MaxDepth = RawJson.DepthMax, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <exception cref="StoreException">It is no JSON object: <see cref="StoreErrorKind.Malformed"/>.</exception>
    public static JsonObject Parse(string name, ReadOnlyMemory<byte> json)
    {
        try
        {
            if (JsonNode.Parse(json.Span, documentOptions: ReadOptions) is JsonObject document)
            {
                return document;
            }
        }
        catch (JsonException error)
        {
            throw new StoreException(
                StoreErrorKind.Malformed,
                $"{name} cannot be migrated: {JsonPlace.Describe(error)}. Mend the document.",
                error);
        }

        throw new StoreException(
            StoreErrorKind.Malformed,
            $"{name} cannot be migrated: expected a JSON object, found another value. Mend the document.");
    }

    public static ReadOnlyMemory<byte> Write(JsonNode document, int sizeHint)
    {
        var buffer = new ArrayBufferWriter<byte>(Math.Max(sizeHint, 16));
        using (var writer = new Utf8JsonWriter(buffer, WriteOptions))
        {
            document.WriteTo(writer);
        }

        return buffer.WrittenMemory;
    }
}
