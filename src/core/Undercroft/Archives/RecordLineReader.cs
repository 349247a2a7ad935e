using System.Text.Json;
using Undercroft.Copies;

namespace Undercroft.Archives;

/// <summary>Reads a record from a line that <see cref="RecordLine"/> wrote. Anything else is an error: an unknown field
/// may be one that matters.</summary>
internal ref struct RecordLineReader
{
    private Utf8JsonReader json;
    private string? collection;
    private string? id;
    private long revision;
    private bool isDeleted;
    private DateTimeOffset? created;
    private DateTimeOffset? updated;
    private DateTimeOffset? expires;
    private RecordMeta? meta;
    private List<IndexEntry>? entries;
    private byte[]? value;

    /// <summary>Reads a record.</summary>
    /// <exception cref="FormatException">The line is not one; the message says why, as a clause.</exception>
    public static StoreRecord Read(ReadOnlySpan<byte> line)
    {
        var reader = new RecordLineReader { json = new Utf8JsonReader(line) };
        try
        {
            return reader.Record();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException($"a record cannot be read ({FirstLine(JsonPlace.Reason(error))})", error);
        }
    }

    private StoreRecord Record()
    {
        Expect(JsonTokenType.StartObject);
        while (Next() == JsonTokenType.PropertyName)
        {
            Field(json.GetString()!);
        }

        if (json.TokenType != JsonTokenType.EndObject || json.Read() ||
            collection is null || id is null || updated is null || isDeleted == (value is not null) ||
            isDeleted == (created is not null) || (isDeleted && (entries is not null || expires is not null)))
        {
            throw new FormatException("a record lacks a field or has one too many");
        }

        var key = new RecordKey(collection, id);
        return Passengers.IsOne(collection)
            ? new StoreRecord
            {
                Key = key,
                Revision = new Revision(revision),
                IsDeleted = isDeleted,
                CreatedAt = created ?? updated.Value,
                UpdatedAt = updated.Value,
                ExpiresAt = expires,
                Meta = meta ?? RecordMeta.Empty,
                Entries = entries ?? [],
                Value = value,
            }
            : throw new FormatException($"there is a record of {Names.Show(collection)}, which is never archived");
    }

    private void Field(string name)
    {
        switch (name)
        {
            case RecordLine.Collection when collection is null:
                collection = Text();
                break;
            case RecordLine.Id when id is null:
                id = Text();
                break;
            case RecordLine.Revision when revision == 0:
                Expect(JsonTokenType.Number);
                revision = json.TryGetInt64(out var number) && number > 0 ? number : throw Bad(name);
                break;
            case RecordLine.Deleted when !isDeleted:
                Expect(JsonTokenType.True);
                isDeleted = true;
                break;
            case RecordLine.Created when created is null:
                created = Time(name);
                break;
            case RecordLine.Updated when updated is null:
                updated = Time(name);
                break;
            case RecordLine.Expires when expires is null:
                expires = Time(name);
                break;
            case RecordLine.Meta when meta is null:
                meta = ReadMeta();
                break;
            case RecordLine.Entries when entries is null:
                entries = ReadEntries();
                break;
            case RecordLine.Text when value is null:
                value = ReadText();
                break;
            case RecordLine.Base64 when value is null:
                value = ReadBytes();
                break;
            default:
                throw new FormatException($"a record has the field {Names.Show(name)}, unknown or for a second time");
        }
    }

    private DateTimeOffset Time(string name)
    {
        Expect(JsonTokenType.String);
        return json.TryGetDateTimeOffset(out var time) && time.Offset == TimeSpan.Zero ? time : throw Bad(name);
    }

    private RecordMeta ReadMeta()
    {
        Expect(JsonTokenType.StartObject);
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        while (Next() == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            if (!pairs.TryAdd(name, Text()) || name == Passengers.SourceRevision)
            {
                throw Bad(RecordLine.Meta);
            }
        }

        return json.TokenType == JsonTokenType.EndObject ? RecordMeta.From(pairs) : throw Bad(RecordLine.Meta);
    }

    private List<IndexEntry> ReadEntries()
    {
        Expect(JsonTokenType.StartArray);
        var list = new List<IndexEntry>();
        while (Next() == JsonTokenType.StartArray)
        {
            var index = Text();
            var key = ReadBytes();
            var isUnique = Next() == JsonTokenType.True;
            if (index.Length == 0 || (isUnique ? Next() : json.TokenType) != JsonTokenType.EndArray)
            {
                throw Bad(RecordLine.Entries);
            }

            list.Add(new IndexEntry(index, key, isUnique));
        }

        return json.TokenType == JsonTokenType.EndArray ? list : throw Bad(RecordLine.Entries);
    }

    private byte[] ReadText()
    {
        Expect(JsonTokenType.String);
        if (!json.ValueIsEscaped)
        {
            return json.ValueSpan.ToArray();
        }

        // Unescaped it is never longer.
        var buffer = new byte[json.ValueSpan.Length];
        var length = json.CopyString(buffer);
        return buffer[..length];
    }

    private byte[] ReadBytes()
    {
        Expect(JsonTokenType.String);
        return json.TryGetBytesFromBase64(out var bytes) ? bytes : throw Bad(RecordLine.Base64);
    }

    private string Text()
    {
        Expect(JsonTokenType.String);
        return json.GetString()!;
    }

    private void Expect(JsonTokenType type)
    {
        if (Next() != type)
        {
            throw new FormatException($"a record has {json.TokenType} where {type} was expected");
        }
    }

    private JsonTokenType Next() => json.Read() ? json.TokenType : JsonTokenType.None;

    private static FormatException Bad(string name) => new($"the field '{name}' of a record cannot be read");

    private static string FirstLine(string text) => text.AsSpan().IndexOfAny("\r\n") is var end and >= 0
        ? text[..end]
        : text;
}
