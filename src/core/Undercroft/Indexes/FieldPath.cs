using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Undercroft.Indexes;

/// <summary>The way to a field of a JSON document: property names joined by dots, such as <c>author.name</c>.</summary>
/// <remarks>
/// A backslash takes the next character as it is, so <c>a\.b</c> is one property. Names are case-sensitive. A path goes
/// through arrays on its way and so may reach several values. A path that begins with <c>$</c> names what the store
/// knows of the record: <c>$id</c>, <c>$tags</c>, <c>$createdAt</c>, <c>$updatedAt</c>, <c>$expiresAt</c>,
/// <c>$revision</c>; a property of such a name is written <c>\$id</c>.
/// </remarks>
public sealed class FieldPath : IEquatable<FieldPath>
{
    /// <summary>The most properties in a path.</summary>
    public const int DepthMax = 32;

    /// <summary>The longest path, in characters.</summary>
    public const int LengthMax = 512;

    private static readonly string[] RecordFields =
        ["$id", "$tags", "$createdAt", "$updatedAt", "$expiresAt", "$revision"];

    private readonly string text;

    private FieldPath(string text, IReadOnlyList<string> names, bool isRecordField)
    {
        this.text = text;
        Names = names;
        IsRecordField = isRecordField;
    }

    /// <summary>The id of the record.</summary>
    public static FieldPath Id { get; } = Parse("$id");

    /// <summary>The tags of the record.</summary>
    public static FieldPath Tags { get; } = Parse("$tags");

    /// <summary>The property names, outermost first.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Whether it names what the store knows of the record instead of a property.</summary>
    public bool IsRecordField { get; }

    /// <summary>Whether it names one of the record's times.</summary>
    internal bool IsRecordTime => text is "$createdAt" or "$updatedAt" or "$expiresAt";

    /// <summary>Reads a path.</summary>
    /// <exception cref="ArgumentException">It is empty, too long or deep, ends in a backslash, has an empty name or is
    /// not valid Unicode.</exception>
    public static FieldPath Parse(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        return TryParse(text, out var path, out var problem)
            ? path
            : throw new ArgumentException(
                $"{Undercroft.Names.Show(text)} is no path to a field: {problem}. Write property names joined " +
                "by dots, such as 'author.name'.",
                nameof(text));
    }

    /// <summary>Makes a path of property names, whatever characters they have.</summary>
    /// <exception cref="ArgumentException">There is none, or a name is empty.</exception>
    public static FieldPath Of(params IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var list = names.ToList();
        return list.Count == 0 || list.Contains(string.Empty)
            ? throw new ArgumentException("A path needs names, none of them empty. Name a property.", nameof(names))
            : Parse(Write(list, isRecordField: false));
    }

    internal static bool TryParse(
        string text, [NotNullWhen(true)] out FieldPath? path, [NotNullWhen(false)] out string? problem)
    {
        path = null;
        problem = null;
        if (text.Length > LengthMax)
        {
            problem = FormattableString.Invariant($"it has {text.Length} characters, at most {LengthMax} are allowed");
            return false;
        }

        if (Undercroft.Names.LoneSurrogateAt(text) >= 0)
        {
            problem = "it is not valid Unicode";
            return false;
        }

        var names = Split(text);
        problem =
            names is null ? "it ends in a backslash"
            : names.Any(static name => name.Length == 0) ? "it has an empty name"
            : text[0] == '$' && !RecordFields.Contains(text)
                ? $"a record has only {string.Join(", ", RecordFields)}, and a property of that name begins with \\$"
            : names.Count > DepthMax ? FormattableString.Invariant($"it is deeper than {DepthMax} properties")
            : null;
        path = problem is null ? new FieldPath(Write(names!, text[0] == '$'), names!, text[0] == '$') : null;
        return path is not null;
    }

    /// <inheritdoc/>
    public bool Equals(FieldPath? other) => other is not null && text == other.text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FieldPath);

    /// <inheritdoc/>
    public override int GetHashCode() => text.GetHashCode(StringComparison.Ordinal);

    /// <summary>Writes the path as <see cref="Parse"/> reads it; equal paths have equal texts.</summary>
    public override string ToString() => text;

    private static List<string>? Split(string text)
    {
        List<string> names = [];
        var name = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '.')
            {
                names.Add(name.ToString());
                _ = name.Clear();
                continue;
            }

            if (text[i] == '\\' && ++i == text.Length)
            {
                return null;
            }

            _ = name.Append(text[i]);
        }

        names.Add(name.ToString());
        return names;
    }

    private static string Write(List<string> names, bool isRecordField)
    {
        var text = new StringBuilder();
        for (var i = 0; i < names.Count; i++)
        {
            // What begins with '$' is a record's field, and what begins with '-' sorts downwards, unless escaped.
            var isMarked = i == 0 && !isRecordField && (names[0][0] is '$' or '-');
            _ = text.Append(i == 0 ? "" : ".").Append(isMarked ? "\\" : "").Append(Escape(names[i]));
        }

        return text.ToString();
    }

    private static string Escape(string name) =>
        name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(".", "\\.", StringComparison.Ordinal);
}
