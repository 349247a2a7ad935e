using System.Collections.Concurrent;
using Undercroft.Sqlite.Native;
using Undercroft.Sqlite.Schema;

namespace Undercroft.Sqlite.Reading;

/// <summary>The numbers that stand for collections and indexes, as far as they are committed: they never change, so
/// that every connection may use what one has found.</summary>
internal sealed class NameTable
{
    private const int KeptMax = 65_536;

    private readonly ConcurrentDictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, string> names = new();
    private readonly ConcurrentDictionary<(int Collection, string Index), int> indexes = new();

    public bool TryCollection(string name, out int number) => numbers.TryGetValue(name, out number);

    public bool TryName(int number, out string name) => names.TryGetValue(number, out name!);

    public bool TryIndex(int collection, string index, out int number) =>
        indexes.TryGetValue((collection, index), out number);

    public void Keep(string name, int number)
    {
        Bound(numbers);
        Bound(names);
        numbers[name] = number;
        names[number] = name;
    }

    public void Keep(int collection, string index, int number)
    {
        Bound(indexes);
        indexes[(collection, index)] = number;
    }

    /// <summary>Forgets all, where the file was put back in time.</summary>
    public void Clear()
    {
        numbers.Clear();
        names.Clear();
        indexes.Clear();
    }

    private static void Bound<TKey, TValue>(ConcurrentDictionary<TKey, TValue> map)
        where TKey : notnull
    {
        // Counting locks the whole map; it is done only where something is added, which ends soon.
        if (map.Count >= KeptMax)
        {
            map.Clear();
        }
    }
}

/// <summary>Looks names up on one connection, where <see cref="NameTable"/> does not have them yet.</summary>
internal sealed class NameLookup(SqliteConnection connection, NameTable known)
{
    private readonly SqliteStatement collectionNumber = connection.Statement(Sql.CollectionNumber);
    private readonly SqliteStatement collectionName = connection.Statement(Sql.CollectionName);
    private readonly SqliteStatement indexNumber = connection.Statement(Sql.IndexNumber);

    /// <summary>The number of a collection; null where it has never been written to.</summary>
    public int? Collection(string name)
    {
        if (known.TryCollection(name, out var number))
        {
            return number;
        }

        collectionNumber.Bind(1, name);
        if (collectionNumber.RunForNumber() is not { } found)
        {
            return null;
        }

        known.Keep(name, (int)found);
        return (int)found;
    }

    /// <summary>The name of a collection.</summary>
    /// <exception cref="InvalidDataException">There is none with this number.</exception>
    public string Name(int number)
    {
        if (known.TryName(number, out var name))
        {
            return name;
        }

        collectionName.Bind(1, number);
        try
        {
            if (!collectionName.Step())
            {
                throw new InvalidDataException(FormattableString.Invariant($"The collection {number} has no name."));
            }

            name = collectionName.String(0);
        }
        finally
        {
            collectionName.Reset();
        }

        known.Keep(name, number);
        return name;
    }

    /// <summary>The number of an index; null where it has never been written to.</summary>
    public int? Index(int collection, string name)
    {
        if (known.TryIndex(collection, name, out var number))
        {
            return number;
        }

        indexNumber.Bind(1, collection);
        indexNumber.Bind(2, name);
        if (indexNumber.RunForNumber() is not { } found)
        {
            return null;
        }

        known.Keep(collection, name, (int)found);
        return (int)found;
    }
}
