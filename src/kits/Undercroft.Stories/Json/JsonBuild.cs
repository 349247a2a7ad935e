using System.Text;

namespace Undercroft.Stories;

/// <summary>Makes JSON without space between its tokens. What it makes, reads back as it was: halves of surrogate pairs
/// too.</summary>
internal static class JsonBuild
{
    public static string Object(IEnumerable<StoryField> members)
    {
        var output = new StringBuilder("{");
        foreach (var member in members)
        {
            _ = output.Length > 1 ? output.Append(',') : output;
            JsonStrings.Append(output, member.Name);
            _ = output.Append(':');
            if (member.IsJson)
            {
                _ = output.Append(member.Value);
            }
            else
            {
                JsonStrings.Append(output, member.Value);
            }
        }

        return output.Append('}').ToString();
    }

    public static string Array(IEnumerable<string> texts)
    {
        var output = new StringBuilder("[");
        foreach (var text in texts)
        {
            _ = output.Length > 1 ? output.Append(',') : output;
            JsonStrings.Append(output, text);
        }

        return output.Append(']').ToString();
    }

    /// <summary>An array of values that are JSON already.</summary>
    public static string Values(IEnumerable<string> values) => $"[{string.Join(',', values)}]";

    /// <summary>A field's value as JSON.</summary>
    public static string Value(StoryField field) => field.IsJson ? field.Value : JsonStrings.Quote(field.Value);
}
