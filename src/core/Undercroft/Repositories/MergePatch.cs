using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Undercroft;

/// <summary>JSON Merge Patch, RFC 7396.</summary>
internal static class MergePatch
{
    private static readonly JsonNodeOptions NodeOptions = new() { PropertyNameCaseInsensitive = false };

    public static ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> document, ReadOnlyMemory<byte> patch)
    {
        RawJson.Check(patch.Span, "The merge patch");
        var merged = Merge(JsonNode.Parse(document.Span, NodeOptions), JsonNode.Parse(patch.Span, NodeOptions));
        var buffer = new ArrayBufferWriter<byte>(document.Length + patch.Length);
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
