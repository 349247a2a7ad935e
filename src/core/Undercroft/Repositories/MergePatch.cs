using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Undercroft;

/// <summary>JSON Merge Patch, RFC 7396.</summary>
internal static class MergePatch
{
    private static readonly JsonDocumentOptions DocumentOptions =
        new() { MaxDepth = RawJson.DepthMax, AllowDuplicateProperties = false };

    private static readonly JsonNodeOptions NodeOptions = new() { PropertyNameCaseInsensitive = false };

    public static ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> document, ReadOnlyMemory<byte> patch)
    {
        RawJson.Check(patch.Span, "The merge patch");
        try
        {
            return Write(Merge(Parse(document), Parse(patch)), document.Length + patch.Length);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // A property twice, or half of a surrogate pair: JSON by its grammar, but nobody can say what it means.
            throw new StoreException(
                StoreErrorKind.Malformed,
                $"The document and its merge patch cannot be merged: {JsonPlace.Reason(error)}. Mend the one it is " +
                "about.",
                error);
        }
    }

    private static JsonNode? Parse(ReadOnlyMemory<byte> json) =>
        JsonNode.Parse(json.Span, NodeOptions, DocumentOptions);

    private static ReadOnlyMemory<byte> Write(JsonNode? merged, int sizeHint)
    {
        var buffer = new ArrayBufferWriter<byte>(sizeHint);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            if (merged is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                merged.WriteTo(writer);
            }
        }

        return buffer.WrittenMemory;
    }

    private static JsonNode? Merge(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch?.DeepClone();
        }

        var merged = target is JsonObject existing ? (JsonObject)existing.DeepClone() : [];
        foreach (var (name, change) in changes)
        {
            if (change is null)
            {
                _ = merged.Remove(name);
            }
            else
            {
                merged[name] = Merge(merged[name], change);
            }
        }

        return merged;
    }
}
