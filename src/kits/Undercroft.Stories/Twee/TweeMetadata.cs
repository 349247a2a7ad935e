namespace Undercroft.Stories;

/// <summary>The metadata block of a Twee header.</summary>
internal readonly record struct TweeMetadata(
    PassagePoint? Position, PassagePoint? Size, IReadOnlyList<StoryField> Fields, string? Unreadable, string? Repeated)
{
    private static readonly TweeMetadata None = new(null, null, [], null, null);

    /// <summary>Reads the block; what is not a JSON object is <see cref="Unreadable"/>.</summary>
    public static TweeMetadata Parse(ReadOnlySpan<char> block)
    {
        if (block.IsEmpty)
        {
            return None;
        }

        if (JsonFields.Parse(block, out var repeated) is not { } fields)
        {
            return None with { Unreadable = block.ToString() };
        }

        var metadata = None with { Repeated = repeated };
        var others = 0;
        foreach (var field in fields)
        {
            switch (field)
            {
                case { Name: "position", IsJson: false }:
                    metadata = metadata with { Position = Optional.Point(field.Value) };
                    break;
                case { Name: "size", IsJson: false }:
                    metadata = metadata with { Size = Optional.Point(field.Value) };
                    break;
                default:
                    others++;
                    break;
            }
        }

        return others == 0 ? metadata : metadata with { Fields = fields.FindAll(field => !IsPlace(field)) };
    }

    /// <summary>What a header has to say for a passage; empty where it has nothing.</summary>
    public static string Write(Passage passage)
    {
        if (passage.Position is null && passage.Size is null && passage.Fields.Count == 0)
        {
            return "";
        }

        var fields = new List<StoryField>(2 + passage.Fields.Count);
        if (Optional.Text(passage.Position?.Raw) is { } position)
        {
            fields.Add(new StoryField("position", position));
        }

        if (Optional.Text(passage.Size?.Raw) is { } size)
        {
            fields.Add(new StoryField("size", size));
        }

        fields.AddRange(passage.Fields);
        return JsonFields.Write(fields);
    }

    /// <summary>Whether a block can stand in a header and is still no metadata when it is read there.</summary>
    public static bool IsUnreadable(string block) =>
        block.StartsWith('{') && !block.AsSpan().ContainsAny('\r', '\n') && !char.IsWhiteSpace(block[^1])
        && JsonFields.Parse(block, out _) is null;

    private static bool IsPlace(StoryField field) => field is { Name: "position" or "size", IsJson: false };
}
