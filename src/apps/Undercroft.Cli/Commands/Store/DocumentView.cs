using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Undercroft.Cli.Output;

namespace Undercroft.Cli.Commands;

/// <summary>How <c>--json</c> shows a document.</summary>
/// <remarks><c>value</c> is the document; where it is no JSON, as a counter is none, <c>valueBase64</c> has its bytes.
/// <c>tags</c> has its tags, and <c>meta</c> what else is kept beside it; each is left out where there is none.
/// </remarks>
internal sealed record DocumentView(
    string Collection,
    string Id,
    long Revision,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? ExpiresAt,
    IReadOnlyList<string>? Tags,
    IReadOnlyDictionary<string, string>? Meta,
    [property: JsonConverter(typeof(DocumentValueConverter))] JsonElement? Value,
    string? ValueBase64)
{
    private const string TagsName = "$tags";

    // As deep as a document may be.
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 256 };

    public static DocumentView Of(StoreRecord record)
    {
        var value = Parse(record.Value);
        return new DocumentView(
            record.Key.Collection,
            record.Key.Id,
            record.Revision.Value,
            record.CreatedAt,
            record.UpdatedAt,
            record.ExpiresAt,
            TagsOf(record.Meta),
            MetaOf(record.Meta),
            value,
            value is null ? Convert.ToBase64String(record.Value.Span) : null);
    }

    public static DocumentView Of(string collection, Document<RawJson> document)
    {
        var value = Parse(document.Value.Bytes);
        return new DocumentView(
            collection,
            document.Id,
            document.Revision.Value,
            document.CreatedAt,
            document.UpdatedAt,
            document.ExpiresAt,
            TagsOf(document.Meta),
            MetaOf(document.Meta),
            value,
            value is null ? Convert.ToBase64String(document.Value.Bytes.Span) : null);
    }

    /// <summary>Reads bytes as JSON; null where they are none, as the value of a counter.</summary>
    public static JsonElement? Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, Reading);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes a document on one line, whatever its own layout; what is no JSON, as the text it is.</summary>
    public static string Compact(ReadOnlyMemory<byte> bytes)
    {
        if (Parse(bytes) is not { } value)
        {
            return Encoding.UTF8.GetString(bytes.Span);
        }

        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, CliOutput.JsonForm))
        {
            DocumentValueConverter.Write(writer, value);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    /// <summary>The tags; null where there are none.</summary>
    public static IReadOnlyList<string>? TagsOf(RecordMeta meta) =>
        meta[TagsName] is { Length: > 0 } tags ? tags.Split('\n') : null;

    private static SortedDictionary<string, string>? MetaOf(RecordMeta meta)
    {
        var rest = meta.Without(TagsName);
        return rest.Count == 0
            ? null
            : new SortedDictionary<string, string>(new Dictionary<string, string>(rest), StringComparer.Ordinal);
    }
}
