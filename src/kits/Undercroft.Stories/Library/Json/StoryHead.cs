namespace Undercroft.Stories;

/// <summary>Reads what the library writes beside passages, as it writes it; null where the text is anything else.
/// </summary>
internal static class StoryHead
{
    // A longer summary is read in the general way.
    private const int SummaryBytesMax = 1024;

    /// <summary>Takes a story whose passages stand elsewhere. What was taken is of no use where this is null.</summary>
    public static Story? Take(ref PassageText text)
    {
        if (!text.Take("{\"schema\":1,\"id\":"u8) || text.TakeText() is not { } id
            || !text.Take(",\"name\":"u8) || text.TakeText() is not { } name
            || !TryTake(ref text, ",\"format\":"u8, out var format)
            || !TryTake(ref text, ",\"formatVersion\":"u8, out var formatVersion)
            || !TryTake(ref text, ",\"startId\":"u8, out var startId)
            || !text.Take(",\"tags\":"u8) || text.TakeTags() is not { } tags
            || !text.Take(",\"tagColors\":[],\"fields\":"u8) || text.TakeFields() is not { } fields
            || !text.Take(",\"passages\":[],\"extensions\":"u8) || text.TakeExtensions() is not { } extensions
            || !text.Take("}"u8))
        {
            return null;
        }

        return new Story
        {
            Id = id,
            Name = name,
            Format = format,
            FormatVersion = formatVersion,
            StartId = startId,
            Tags = tags,
            TagColors = Frozen.List<TagColor>([]),
            Fields = fields,
            Extensions = extensions,
        };
    }

    /// <summary>Reads a summary.</summary>
    public static StorySummary? ReadSummary(ReadOnlySpan<byte> json)
    {
        if (json.Length > SummaryBytesMax)
        {
            return null;
        }

        var text = new PassageText(json, stackalloc char[SummaryBytesMax]);
        if (!text.Take("{\"id\":"u8) || text.TakeText() is not { } id
            || !text.Take(",\"name\":"u8) || text.TakeText() is not { } name
            || !text.Take(",\"nameKey\":"u8) || text.TakeText() is not { } nameKey
            || !TryTake(ref text, ",\"ifid\":"u8, out var ifid)
            || !TryTake(ref text, ",\"format\":"u8, out var format)
            || !TryTake(ref text, ",\"formatVersion\":"u8, out var formatVersion)
            || !TryTake(ref text, ",\"sourceFormat\":"u8, out var sourceFormat)
            || !TryTake(ref text, ",\"file\":"u8, out var file)
            || !TryTake(ref text, ",\"fileKey\":"u8, out var fileKey)
            || !text.Take(",\"tags\":"u8) || text.TakeTags() is not { } tags
            || !text.Take(",\"passages\":"u8) || text.TakeCount() is not ({ } passages and >= 0 and <= int.MaxValue)
            || !text.Take(",\"words\":"u8) || text.TakeCount() is not ({ } words and >= 0 and <= int.MaxValue)
            || !text.Take(",\"bytes\":"u8) || text.TakeCount() is not { } bytes
            || !text.Take(",\"hasParts\":"u8))
        {
            return null;
        }

        var hasParts = text.Take("true"u8);
        return (hasParts || text.Take("false"u8)) && TryTake(ref text, ",\"page\":"u8, out var page)
            && text.Take(",\"schema\":1}"u8) && text.IsAtEnd
                ? new StorySummary
                {
                    Id = id,
                    Name = name,
                    NameKey = nameKey,
                    Ifid = ifid,
                    Format = format,
                    FormatVersion = formatVersion,
                    SourceFormat = sourceFormat,
                    File = file,
                    FileKey = fileKey,
                    Tags = tags,
                    Passages = (int)passages,
                    Words = (int)words,
                    Bytes = bytes,
                    HasParts = hasParts,
                    Page = page,
                }
                : null;
    }

    // What may be left out; false where it is there and no text that is known to be sound.
    private static bool TryTake(ref PassageText text, ReadOnlySpan<byte> name, out string? value)
    {
        value = null;
        return !text.Take(name) || (value = text.TakeText()) is not null;
    }
}
