using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Undercroft.Indexes;

/// <summary>What an index of a collection is over: pure data, kept in the store so that every process computes the same
/// entries.</summary>
public sealed record IndexDefinition
{
    /// <summary>The most fields of an index.</summary>
    public const int FieldsMax = 16;

    /// <summary>The longest name, in bytes of UTF-8.</summary>
    public const int NameBytesMax = 100;

    // Part of what the name in the store is made of: another encoding is another index.
    private const string EncodingVersion = "1";

    /// <summary>The index's name in its collection: 1 to 100 bytes, without <c>#</c>, no <c>$</c> in front.</summary>
    /// <exception cref="ArgumentException">It is not such a name.</exception>
    public required string Name
    {
        get;
        init => field = CheckName(value);
    }

    /// <summary>The fields, the most significant first: 1 to 16, each once, none of them a record's own.</summary>
    /// <exception cref="ArgumentException">They are not such fields.</exception>
    public required IReadOnlyList<IndexField> Fields
    {
        get;
        init => field = CheckFields(value);
    }

    /// <summary>Whether no two documents may share a key. As in SQL, a key with a null in it is shared
    /// freely.</summary>
    public bool IsUnique { get; init; }

    /// <summary>The index's name in the store: another definition under the same name is another index there.</summary>
    [JsonIgnore]
    public string StorageName
    {
        get
        {
            var text = new StringBuilder(EncodingVersion).Append(IsUnique ? "\nunique" : "\n");
            foreach (var part in Fields)
            {
                _ = text.Append('\n').Append(part);
            }

            var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
            return string.Create(CultureInfo.InvariantCulture, $"{Name}#{Convert.ToHexStringLower(hash, 0, 4)}");
        }
    }

    /// <summary>Defines an index over fields given as text.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="fields">The fields, as <see cref="IndexField.Parse"/> reads them: <c>author.name</c>,
    /// <c>-score</c>, <c>createdAt:time</c>.</param>
    /// <exception cref="ArgumentException">The name or a field cannot be used.</exception>
    public static IndexDefinition On(string name, params IEnumerable<string> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        return new() { Name = name, Fields = [.. fields.Select(IndexField.Parse)] };
    }

    /// <summary>Compares by content.</summary>
    public bool Equals(IndexDefinition? other) =>
        other is not null && Name == other.Name && IsUnique == other.IsUnique && Fields.SequenceEqual(other.Fields);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, IsUnique, Fields[0], Fields.Count);

    /// <summary>Writes the index as people declare it: <c>unique by-author(author, -score)</c>.</summary>
    public override string ToString() => $"{(IsUnique ? "unique " : "")}{Name}({string.Join(", ", Fields)})";

    private static string CheckName(string? name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return name[0] != '$' && !name.AsSpan().ContainsAny('#', '\0') && Names.LoneSurrogateAt(name) < 0 &&
            Utf8Order.ByteCount(name) <= NameBytesMax
            ? name
            : throw new ArgumentException(
                $"{Names.Show(name)} is no name for an index: expected at most " +
                FormattableString.Invariant($"{NameBytesMax} bytes of text, without '#', no '$' in front. ") +
                "Choose another.",
                nameof(name));
    }

    private static IndexField[] CheckFields(IReadOnlyList<IndexField>? fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        IndexField[] copy = [.. fields];
        if (copy.Length is 0 or > FieldsMax)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"An index is over 1 to {FieldsMax} fields; found {copy.Length}. ") +
                "Name the fields.",
                nameof(fields));
        }

        foreach (var field in copy)
        {
            ArgumentNullException.ThrowIfNull(field, nameof(fields));
            if (field.Path.IsRecordField)
            {
                throw new ArgumentException(
                    $"An index cannot be over {Names.Show(field.Path.ToString())}, which is the record's own. " +
                    "Leave it out: ids and tags can be queried without.",
                    nameof(fields));
            }
        }

        return copy.DistinctBy(static field => field.Path).Count() == copy.Length
            ? copy
            : throw new ArgumentException(
                $"An index names a field once; found {string.Join(", ", copy.AsEnumerable())}. Leave one out.",
                nameof(fields));
    }
}
