using Undercroft.Sqlite.Native;
using Undercroft.Sqlite.Reading;
using Undercroft.Sqlite.Schema;

namespace Undercroft.Sqlite.Writing;

/// <summary>The numbers of names on the writer's connection: those of the open transaction are kept apart until it is
/// committed.</summary>
internal sealed class WriterNames(SqliteConnection connection, NameTable known)
{
    private readonly NameLookup lookup = new(connection, known);
    private readonly SqliteStatement addCollection = connection.Statement(Sql.AddCollection);
    private readonly SqliteStatement addIndex = connection.Statement(Sql.AddIndex);
    private readonly Dictionary<string, int> newCollections = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Collection, string Name), int> newIndexes = [];

    public int? Collection(string name) =>
        newCollections.TryGetValue(name, out var number) ? number : lookup.Collection(name);

    public int? Index(int collection, string name) =>
        newIndexes.TryGetValue((collection, name), out var number) ? number : lookup.Index(collection, name);

    public string Name(int collection)
    {
        foreach (var (name, number) in newCollections)
        {
            if (number == collection)
            {
                return name;
            }
        }

        return lookup.Name(collection);
    }

    public int CollectionOrNew(string name)
    {
        if (Collection(name) is { } number)
        {
            return number;
        }

        addCollection.Bind(1, name);
        addCollection.Run();
        return newCollections[name] = checked((int)connection.LastInsertRow);
    }

    public int IndexOrNew(int collection, string name)
    {
        if (Index(collection, name) is { } number)
        {
            return number;
        }

        addIndex.Bind(1, collection);
        addIndex.Bind(2, name);
        addIndex.Run();
        return newIndexes[(collection, name)] = checked((int)connection.LastInsertRow);
    }

    /// <summary>The transaction is kept: its names are everybody's.</summary>
    public void Keep()
    {
        foreach (var (name, number) in newCollections)
        {
            known.Keep(name, number);
        }

        foreach (var ((collection, name), number) in newIndexes)
        {
            known.Keep(collection, name, number);
        }

        Drop();
    }

    /// <summary>The transaction is rolled back.</summary>
    public void Drop()
    {
        newCollections.Clear();
        newIndexes.Clear();
    }
}
