namespace Undercroft.Stories;

/// <summary>The key <c>undercroft</c> of a file in JSON: what the format has no place for. Other tools ignore it.
/// </summary>
internal sealed record JsonCarrier
{
    public const string Key = "undercroft";

    public static JsonCarrier Empty { get; } = new();

    /// <summary>One entry for each script and stylesheet, in the order of the file.</summary>
    public IReadOnlyList<CodeEntry> Code { get; init; } = [];

    /// <summary>Story data that the format has no keys for.</summary>
    public TweeStoryData Story { get; init; } = TweeStoryData.Empty;

    public bool IsEmpty => Code.All(entry => entry.IsEmpty) && Story.IsEmpty;

    /// <summary>Reads the value of the key; null where it is not what <see cref="Write"/> writes.</summary>
    public static JsonCarrier? Parse(StoryField field)
    {
        var carrier = Empty;
        if (!field.IsJson || !field.Value.StartsWith('{'))
        {
            return null;
        }

        foreach (var member in JsonScan.Fields(field.Value, 0, out _))
        {
            switch (member)
            {
                case { Name: "code", IsJson: true } when member.Value.StartsWith('['):
                    var entries = JsonScan.Items(member.Value, 0)
                        .ConvertAll(item => CodeEntry.Parse(member.Value[item.Start..item.End]));
                    if (entries.Contains(null))
                    {
                        return null;
                    }

                    carrier = carrier with { Code = [.. entries.OfType<CodeEntry>()] };
                    break;
                case { Name: "story", IsJson: true } when member.Value.StartsWith('{'):
                    carrier = carrier with { Story = TweeStoryData.Of(JsonScan.Fields(member.Value, 0, out _)) };
                    break;
                default:
                    return null;
            }
        }

        return carrier.IsEmpty ? null : carrier;
    }

    /// <summary>The JSON of the value; null where there is nothing to carry.</summary>
    public string? Write()
    {
        if (IsEmpty)
        {
            return null;
        }

        var members = new List<StoryField>();
        if (Code.Any(entry => !entry.IsEmpty))
        {
            members.Add(new StoryField("code", JsonBuild.Values(Code.Select(entry => entry.Write())), IsJson: true));
        }

        if (!Story.IsEmpty)
        {
            members.Add(new StoryField("story", JsonBuild.Object(Story.Members()), IsJson: true));
        }

        return JsonBuild.Object(members);
    }
}
