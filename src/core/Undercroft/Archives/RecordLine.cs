using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Undercroft.Copies;

namespace Undercroft.Archives;

/// <summary>Writes a record as one line of JSON.</summary>
internal static class RecordLine
{
    public const string Collection = "collection";
    public const string Id = "id";
    public const string Revision = "revision";
    public const string Deleted = "deleted";
    public const string Created = "created";
    public const string Updated = "updated";
    public const string Expires = "expires";
    public const string Meta = "meta";
    public const string Entries = "entries";
    public const string Text = "text";
    public const string Base64 = "base64";

    /// <summary>How lines are written: as readable as JSON can be.</summary>
    public static JsonWriterOptions Form { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a record.</summary>
    /// <param name="writer">A writer in <see cref="Form"/>.</param>
    /// <param name="record">The record or tombstone.</param>
    /// <param name="hasRevision">Whether its revision is written.</param>
    public static void Write(Utf8JsonWriter writer, StoreRecord record, bool hasRevision)
    {
        writer.WriteStartObject();
        writer.WriteString(Collection, record.Key.Collection);
        writer.WriteString(Id, record.Key.Id);
        if (hasRevision)
        {
            writer.WriteNumber(Revision, record.Revision.Value);
        }

        if (record.IsDeleted)
        {
            writer.WriteBoolean(Deleted, true);
        }
        else
        {
            writer.WriteString(Created, record.CreatedAt.UtcDateTime);
        }

        writer.WriteString(Updated, record.UpdatedAt.UtcDateTime);
        if (record.ExpiresAt is { } expires)
        {
            writer.WriteString(Expires, expires.UtcDateTime);
        }

        WriteMeta(writer, record.Meta.Without(Passengers.SourceRevision));
        if (!record.IsDeleted)
        {
            WriteEntries(writer, record.Entries);
            WriteValue(writer, record.Value.Span);
        }

        writer.WriteEndObject();
    }

    private static void WriteMeta(Utf8JsonWriter writer, RecordMeta meta)
    {
        if (meta.Count == 0)
        {
            return;
        }

        writer.WriteStartObject(Meta);
        foreach (var (name, text) in meta)
        {
            writer.WriteString(name, text);
        }

        writer.WriteEndObject();
    }

    private static void WriteEntries(Utf8JsonWriter writer, IReadOnlyList<IndexEntry> entries)
    {
        if (entries.Count == 0)
        {
            return;
        }

        writer.WriteStartArray(Entries);
        foreach (var entry in entries)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(entry.Index);
            writer.WriteBase64StringValue(entry.Key.Span);
            if (entry.IsUnique)
            {
                writer.WriteBooleanValue(true);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    // Text where it is text; what JSON would blow up to six times its size is better off in base 64.
    private static void WriteValue(Utf8JsonWriter writer, ReadOnlySpan<byte> value)
    {
        if (Utf8.IsValid(value) && !HasControls(value))
        {
            writer.WriteString(Text, value);
        }
        else
        {
            writer.WriteBase64String(Base64, value);
        }
    }

    private static bool HasControls(ReadOnlySpan<byte> value)
    {
        foreach (var b in value)
        {
            if (b < ' ' && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r'))
            {
                return true;
            }
        }

        return value.Contains((byte)0x7F);
    }
}
