using System.Text.Json.Serialization.Metadata;
using Undercroft.Indexes;

namespace Undercroft;

/// <summary>What an application says of a collection: its name, how its documents are read and written, how their ids
/// are found, and its indexes. Immutable.</summary>
/// <typeparam name="T">The type of the documents.</typeparam>
public sealed class CollectionDefinition<T>
{
    /// <summary>Describes a collection of source-generated JSON.</summary>
    /// <param name="name">The collection; names that begin with <c>$</c> belong to Undercroft.</param>
    /// <param name="typeInfo">The type's description, from a <c>JsonSerializerContext</c>.</param>
    public CollectionDefinition(string name, JsonTypeInfo<T> typeInfo)
        : this(name, new JsonDocumentCodec<T>(typeInfo ?? throw new ArgumentNullException(nameof(typeInfo))))
    {
    }

    /// <summary>Describes a collection with a codec of its own.</summary>
    /// <param name="name">The collection; names that begin with <c>$</c> belong to Undercroft.</param>
    /// <param name="codec">Turns values into bytes and back.</param>
    public CollectionDefinition(string name, DocumentCodec<T> codec)
        : this(name, codec, null, [])
    {
        ArgumentNullException.ThrowIfNull(codec);
        RecordKey.CheckCollection(name);
        if (name.StartsWith('$'))
        {
            throw new ArgumentException(
                $"The collection {Names.Show(name)} belongs to Undercroft: expected a name without '$' at its " +
                "beginning. Choose another.",
                nameof(name));
        }
    }

    private CollectionDefinition(
        string name, DocumentCodec<T> codec, Func<T, string>? idOf, IReadOnlyList<IndexDefinition> indexes)
    {
        Name = name;
        Codec = codec;
        IdOf = idOf;
        Indexes = indexes;
    }

    /// <summary>The collection's name.</summary>
    public string Name { get; }

    /// <summary>Turns values into bytes and back.</summary>
    public DocumentCodec<T> Codec { get; }

    /// <summary>Finds a value's id; null where ids are given apart from the values.</summary>
    public Func<T, string>? IdOf { get; }

    /// <summary>The indexes declared.</summary>
    public IReadOnlyList<IndexDefinition> Indexes { get; }

    /// <summary>Describes a collection of Undercroft's own.</summary>
    internal static CollectionDefinition<T> Own(string name, JsonTypeInfo<T> typeInfo) =>
        new(name, new JsonDocumentCodec<T>(typeInfo), null, []);

    /// <summary>Takes ids from the values.</summary>
    public CollectionDefinition<T> WithId(Func<T, string> idOf) =>
        new(Name, Codec, idOf ?? throw new ArgumentNullException(nameof(idOf)), Indexes);

    /// <summary>Declares an index over fields, in order.</summary>
    /// <param name="name">The index's name.</param>
    /// <param name="fields">Paths in the JSON, such as <c>author.name</c>; a minus in front sorts downwards.</param>
    public CollectionDefinition<T> WithIndex(string name, params string[] fields) =>
        WithIndex(IndexDefinition.On(name, fields));

    /// <summary>Declares an index whose values no two documents share.</summary>
    /// <param name="name">The index's name.</param>
    /// <param name="fields">Paths in the JSON; a minus in front sorts downwards.</param>
    public CollectionDefinition<T> WithUnique(string name, params string[] fields) =>
        WithIndex(IndexDefinition.On(name, fields) with { IsUnique = true });

    /// <summary>Declares an index.</summary>
    /// <exception cref="ArgumentException">There is one of that name.</exception>
    public CollectionDefinition<T> WithIndex(IndexDefinition index)
    {
        ArgumentNullException.ThrowIfNull(index);
        return Indexes.Any(other => other.Name == index.Name)
            ? throw new ArgumentException(
                $"The collection {Names.Show(Name)} declares the index {Names.Show(index.Name)} twice. Rename one.",
                nameof(index))
            : new CollectionDefinition<T>(Name, Codec, IdOf, [.. Indexes, index]);
    }
}
