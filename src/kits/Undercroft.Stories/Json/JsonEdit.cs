using System.Text;

namespace Undercroft.Stories;

/// <summary>Changes single members of an object and leaves every other character as it is.</summary>
internal static class JsonEdit
{
    /// <summary>Gives a member a value, or adds it at the end; null takes it away.</summary>
    /// <param name="json">Text that holds the object.</param>
    /// <param name="at">Where the object begins.</param>
    /// <param name="name">The member's name; of a repeated one the last is meant, for that one counts.</param>
    /// <param name="value">The JSON of the value.</param>
    public static string Set(string json, int at, string name, string? value)
    {
        var members = JsonScan.Members(json, at);
        var index = members.FindLastIndex(member => member.Name == name);
        if (index < 0)
        {
            return value is null ? json : Add(json, at, members, name, value);
        }

        var found = members[index];
        if (value is not null)
        {
            return string.Concat(json.AsSpan(0, found.ValueStart), value, json.AsSpan(found.End));
        }

        return Remove(json, at, members, name);
    }

    /// <summary>Changes a member of an object that is itself a member; makes the outer one where it is missing.
    /// </summary>
    public static string SetInside(string json, int at, string outer, string name, string? value)
    {
        if (JsonScan.Last(JsonScan.Members(json, at), outer) is { } found && json[found.ValueStart] == '{')
        {
            return Set(json, found.ValueStart, name, value);
        }

        return value is null
            ? json
            : Set(json, at, outer, $"{{{JsonStrings.Quote(name)}: {value}}}");
    }

    private static string Add(string json, int at, List<JsonMember> members, string name, string value)
    {
        var output = new StringBuilder(json.Length + name.Length + value.Length + 16);
        if (members.Count == 0)
        {
            return output.Append(json, 0, at + 1).Append(JsonStrings.Quote(name)).Append(": ").Append(value)
                .Append(json, at + 1, json.Length - at - 1).ToString();
        }

        // What stands before the first member stands before the new one too.
        var lead = json[(at + 1)..members[0].Start];
        var last = members[^1].End;
        return output.Append(json, 0, last).Append(',').Append(lead).Append(JsonStrings.Quote(name)).Append(": ")
            .Append(value).Append(json, last, json.Length - last).ToString();
    }

    // Every member of that name goes, or an earlier one would come to count. What stands between the others stays.
    private static string Remove(string json, int at, List<JsonMember> members, string name)
    {
        var output = new StringBuilder(json.Length).Append(json, 0, at + 1);
        var isFirst = true;
        for (var i = 0; i < members.Count; i++)
        {
            if (members[i].Name == name)
            {
                continue;
            }

            // The first that is left takes the place of the first there was.
            var from = isFirst ? at + 1 : i == 0 ? members[i].Start : members[i - 1].End;
            var lead = isFirst ? members[0].Start - from : members[i].Start - from;
            _ = output.Append(json, from, lead).Append(json, members[i].Start, members[i].End - members[i].Start);
            isFirst = false;
        }

        return output.Append(json, members[^1].End, json.Length - members[^1].End).ToString();
    }
}
