using System.Text.Json.Serialization;

namespace Undercroft.Indexes;

/// <summary>One field of an index, or of the order of a query: a path, how its values compare, and the direction.
/// </summary>
/// <remarks>As text it is the path, a minus in front where it goes down, <c>:time</c> behind where it is of time:
/// <c>-author.bornAt:time</c>. A property whose own name looks so is escaped: <c>\-name</c>, <c>at\:time</c>.</remarks>
/// <param name="Path">Where the values are.</param>
/// <param name="Kind">How they compare.</param>
/// <param name="IsDescending">Whether the greatest comes first.</param>
[JsonConverter(typeof(IndexFieldConverter))]
public sealed record IndexField(FieldPath Path, FieldKind Kind = FieldKind.Default, bool IsDescending = false)
{
    private const string TimeMark = ":time";

    /// <summary>Reads a field from its text.</summary>
    /// <exception cref="ArgumentException">It is no path, with or without its marks.</exception>
    public static IndexField Parse(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        var isDescending = text[0] == '-';
        var rest = isDescending ? text[1..] : text;
        var isTime =
            rest.EndsWith(TimeMark, StringComparison.Ordinal) && !IsEscaped(rest, rest.Length - TimeMark.Length);
        return new(
            FieldPath.Parse(isTime ? rest[..^TimeMark.Length] : rest),
            isTime ? FieldKind.Time : FieldKind.Default,
            isDescending);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var path = Path.ToString();
        if (path.EndsWith(TimeMark, StringComparison.Ordinal) && !IsEscaped(path, path.Length - TimeMark.Length))
        {
            path = path.Insert(path.Length - TimeMark.Length, "\\");
        }

        return (IsDescending ? "-" : "") + path + (Kind == FieldKind.Time ? TimeMark : "");
    }

    private static bool IsEscaped(string text, int position)
    {
        var slashes = 0;
        while (slashes < position && text[position - slashes - 1] == '\\')
        {
            slashes++;
        }

        return slashes % 2 == 1;
    }
}
