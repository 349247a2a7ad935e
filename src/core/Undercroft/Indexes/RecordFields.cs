namespace Undercroft.Indexes;

/// <summary>Captures what the store knows of a record, as if it were fields of the document.</summary>
internal static class RecordFields
{
    public static void Write(StoreRecord record, string field, SlotMode mode, int slot, FieldCaptures into)
    {
        if (field == "$tags")
        {
            foreach (var tag in TagSet.Of(record.Meta))
            {
                Write(FieldValue.From(tag), mode, slot, into, isElement: true);
            }

            return;
        }

        if (ValueOf(record, field) is { Kind: not FieldValueKind.Null } value)
        {
            Write(value, mode, slot, into, isElement: false);
        }
    }

    private static FieldValue ValueOf(StoreRecord record, string field) => field switch
    {
        "$id" => FieldValue.From(record.Key.Id),
        "$createdAt" => FieldValue.From(record.CreatedAt),
        "$updatedAt" => FieldValue.From(record.UpdatedAt),
        "$expiresAt" => record.ExpiresAt is { } at ? FieldValue.From(at) : FieldValue.Null,
        _ => FieldValue.From(record.Revision.Value),
    };

    private static void Write(FieldValue value, SlotMode mode, int slot, FieldCaptures into, bool isElement)
    {
        var written = into.Begin().Length;
        into.Begin().WriteValue(mode == SlotMode.Presence ? FieldValue.Null : value);
        into.Add(slot, written, isElement);
    }
}
