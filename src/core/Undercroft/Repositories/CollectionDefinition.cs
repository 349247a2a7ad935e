using System.Linq.Expressions;
using System.Text.Json.Serialization.Metadata;
using Undercroft.Indexes;
using Undercroft.Migrations;
using Undercroft.Queries;

namespace Undercroft;

/// <summary>What an application says of a collection: its name, how its documents are read and written, how their ids
/// are found, its indexes, and the versions of its documents. Immutable.</summary>
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
        : this(name, codec, null, [], null)
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
        string name,
        DocumentCodec<T> codec,
        Func<T, string>? idOf,
        IReadOnlyList<IndexDefinition> indexes,
        MigrationChain? migrations)
    {
        Name = name;
        Codec = codec;
        IdOf = idOf;
        Indexes = indexes;
        Migrations = migrations;
        Shape = new CollectionShape(
            name,
            indexes,
            migrations is not null ? new VersionedForm(migrations)
                : typeof(T) == typeof(RawJson) ? RawForm.Instance
                : PlainForm.Instance);
    }

    /// <summary>The collection's name.</summary>
    public string Name { get; }

    /// <summary>Turns values into bytes and back.</summary>
    public DocumentCodec<T> Codec { get; }

    /// <summary>Finds a value's id; null where ids are given apart from the values.</summary>
    public Func<T, string>? IdOf { get; }

    /// <summary>The indexes declared.</summary>
    public IReadOnlyList<IndexDefinition> Indexes { get; }

    /// <summary>The versions of the documents and the steps between them; null where the program knows none.</summary>
    public MigrationChain? Migrations { get; }

    internal CollectionShape Shape { get; }

    internal DocumentForm Form => Shape.Form;

    /// <summary>Describes a collection of Undercroft's own.</summary>
    internal static CollectionDefinition<T> Own(string name, JsonTypeInfo<T> typeInfo) =>
        new(name, new JsonDocumentCodec<T>(typeInfo), null, [], null);

    /// <summary>Takes ids from the values.</summary>
    public CollectionDefinition<T> WithId(Func<T, string> idOf) =>
        new(Name, Codec, idOf ?? throw new ArgumentNullException(nameof(idOf)), Indexes, Migrations);

    /// <summary>Declares an index over fields, in order.</summary>
    /// <param name="name">The index's name.</param>
    /// <param name="fields">Paths in the JSON, such as <c>author.name</c>; a minus in front sorts downwards.</param>
    /// <exception cref="ArgumentException">The name or a field cannot be used, or the JSON of the type has no such
    /// field.</exception>
    public CollectionDefinition<T> WithIndex(string name, params string[] fields) =>
        WithIndex(IndexDefinition.On(name, fields));

    /// <summary>Declares an index over members, in order, each upwards: one that goes down is named as text.</summary>
    /// <param name="name">The index's name.</param>
    /// <param name="members">The members; times are indexed as times.</param>
    /// <exception cref="NotSupportedException">One is no member that the JSON has.</exception>
    public CollectionDefinition<T> WithIndex(string name, params Expression<Func<T, object?>>[] members) =>
        WithIndex(Over(name, members));

    /// <summary>Declares an index whose values no two documents share.</summary>
    /// <param name="name">The index's name.</param>
    /// <param name="fields">Paths in the JSON; a minus in front sorts downwards.</param>
    /// <exception cref="ArgumentException">The name or a field cannot be used, or the JSON of the type has no such
    /// field.</exception>
    public CollectionDefinition<T> WithUnique(string name, params string[] fields) =>
        WithIndex(IndexDefinition.On(name, fields) with { IsUnique = true });

    /// <summary>Declares an index over members whose values no two documents share.</summary>
    /// <param name="name">The index's name.</param>
    /// <param name="members">The members; times are indexed as times.</param>
    /// <exception cref="NotSupportedException">One is no member that the JSON has.</exception>
    public CollectionDefinition<T> WithUnique(string name, params Expression<Func<T, object?>>[] members) =>
        WithIndex(Over(name, members) with { IsUnique = true });

    /// <summary>Declares an index.</summary>
    /// <exception cref="ArgumentException">There is one of that name, or the JSON of the type has no such field.
    /// </exception>
    public CollectionDefinition<T> WithIndex(IndexDefinition index)
    {
        ArgumentNullException.ThrowIfNull(index);
        if (Codec.TypeInfo is { } info)
        {
            IndexMembers.Check(Name, index, info);
        }

        return Indexes.Any(other => other.Name == index.Name)
            ? throw new ArgumentException(
                $"The collection {Names.Show(Name)} declares the index {Names.Show(index.Name)} twice. Rename one.",
                nameof(index))
            : new CollectionDefinition<T>(Name, Codec, IdOf, [.. Indexes, index], Migrations);
    }

    /// <summary>Says which versions the documents have had, and how they are brought to the one the type is for:
    /// <see cref="MigrationChain.Current"/>.</summary>
    /// <remarks>Documents of other versions are brought to it as they are read; a write stores it. The first query or
    /// write raises the collection to it, and from then on programs that do not know the version can neither write to
    /// the collection nor read what was written: see <c>docs/guides/migrations.md</c>.</remarks>
    /// <exception cref="InvalidOperationException">The chain does not say which version is current.</exception>
    public CollectionDefinition<T> WithMigrations(MigrationChain migrations)
    {
        ArgumentNullException.ThrowIfNull(migrations);
        return new(Name, Codec, IdOf, Indexes, migrations);
    }

    private IndexDefinition Over(string name, Expression<Func<T, object?>>[] members)
    {
        ArgumentNullException.ThrowIfNull(members);
        var info = Codec.TypeInfo ?? throw new NotSupportedException(
            $"The collection {Names.Show(Name)} does not say how {typeof(T).Name} is written, so that members cannot " +
            "be read. Name the paths as text.");
        return new IndexDefinition
        {
            Name = name,
            Fields = [.. members.Select(member => IndexMembers.FieldOf(member, info))],
        };
    }

    /// <summary>Makes a document of what a store holds.</summary>
    internal Document<T> Decode(StoreRecord record)
    {
        var read = Form.Read(record);
        return new Document<T>(read, Codec.Decode(read.Key, read.Value));
    }
}
